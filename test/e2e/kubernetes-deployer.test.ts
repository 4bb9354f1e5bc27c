import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { readField, readText } from '#domain/health-fields.ts';
import type { JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ApplyRequest } from '#domain/ports/plugins.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { makeClusterDeployer } from '#plugins/deployer/kubernetes/index.ts';
import { makeBundle } from '#test/support/bundle.ts';
import { configMap, deployment, job, namespace, secret, service } from '#test/support/kubernetes-objects.ts';
import { widget, widgetDefinition } from '#test/support/kubernetes-objects.ts';

const gid = '1234567890123456789';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const deployer = makeClusterDeployer({ connect: connectApiServer, sha256, waitMs: 20_000 });

let fleet: Fleet;
let cluster: LabCluster;

beforeAll(async () => {
  fleet = await startFleet({ clusters: ['edge+direct'], flux: false });
  const [first] = fleet.clusters;
  if (first === undefined) throw new Error('expected a cluster, found none');
  cluster = first;
});
afterAll(() => fleet.stop());

type Overrides = Partial<ApplyRequest> & { readonly objects?: readonly KubernetesObject[] };

function toRequest(app: string, { objects = [], ...rest }: Overrides = {}): ApplyRequest {
  return {
    kubeconfig: cluster.kubeconfig,
    gid,
    app,
    namespace: 'default',
    operation: 1,
    bundle: sha256(JSON.stringify(objects)) as BlobAddress, // any 64 hex digits are an address
    content: makeBundle(...objects),
    heartbeat: () => undefined,
    signal: new AbortController().signal,
    ...rest,
  };
}

const apply = (app: string, overrides: Overrides) => deployer.apply(toRequest(app, overrides));
const remove = (app: string, overrides: Overrides) => deployer.remove(toRequest(app, overrides));

async function find(path: string): Promise<JsonObject | null> {
  const { status, body } = await cluster.api.get(path);
  return status === 200 ? (body as JsonObject) : null; // the API server answers JSON
}

const findConfigMap = (name: string) => find(`/api/v1/namespaces/default/configmaps/${name}`);
const findInventory = (app: string) => find(`/api/v1/namespaces/emco-system/configmaps/emco-${gid}-${app}`);

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  const error = await attempt.then(
    () => 'no failure',
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error('expected a Failure, found something else', { cause: error });
}

describe('applying a bundle to a cluster', () => {
  it('applies all objects and records them in an ApplySet as the KEP has it', async () => {
    const objects = [deployment('web'), service('web'), configMap('web', { colour: 'red' })];
    expect(await apply('web', { objects, operation: 7 })).toEqual({ applied: 3, pruned: 0 });

    const parent = await findInventory('web');
    const id = readText(parent ?? {}, 'metadata', 'labels', 'applyset.kubernetes.io/id');
    const hash = createHash('sha256').update(`emco-${gid}-web.emco-system.ConfigMap.`).digest('base64url');
    expect(id).toBe(`applyset-${hash}-v1`);
    expect(readField(parent ?? {}, 'metadata', 'annotations')).toMatchObject({
      'applyset.kubernetes.io/tooling': 'emco/v1',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps,Service',
      'applyset.kubernetes.io/additional-namespaces': 'default',
      'emco/bundle': toRequest('web', { objects }).bundle,
      'emco/operation': '7',
    });
    expect(readField((await findConfigMap('web')) ?? {}, 'metadata', 'labels')).toEqual({
      'emco/deployment-id': `${gid}-web`,
      'applyset.kubernetes.io/part-of': id,
    });
  });

  it('changes nothing when the same bundle is applied again', async () => {
    const objects = [configMap('again', { a: '1' })];
    await apply('again', { objects });
    const before = await findConfigMap('again');
    await apply('again', { objects });
    expect(await findConfigMap('again')).toEqual(before);
  });

  it('prunes what the new bundle does not have and repairs drift in its own fields', async () => {
    await apply('shrink', { objects: [configMap('keep', { a: '1' }), configMap('drop')] });
    await cluster.api.apply(
      '/api/v1/namespaces/default/configmaps/keep',
      configMap('keep', { a: 'foreign', b: 'theirs' }),
    );
    const outcome = await apply('shrink', { objects: [configMap('keep', { a: '1' })], operation: 2 });
    expect(outcome).toEqual({ applied: 1, pruned: 1 });
    expect(await findConfigMap('drop')).toBeNull();
    expect(readField((await findConfigMap('keep')) ?? {}, 'data')).toEqual({ a: '1', b: 'theirs' });
  });

  it('leaves the objects of other apps and what controllers made from ours alone', async () => {
    await apply('one', { objects: [service('one')] });
    await apply('two', { objects: [configMap('two')] });
    expect(await apply('two', { objects: [], operation: 2 })).toEqual({ applied: 0, pruned: 1 });
    expect(await find('/api/v1/namespaces/default/services/one')).not.toBeNull();
  });

  it('applies CRDs and namespaces before what needs them, in one call', async () => {
    const objects = [
      widget('early.ex.io', 'first', { size: 'small' }),
      configMap('inside', {}, 'new-space'),
      namespace('new-space'),
      widgetDefinition('early.ex.io'),
    ];
    expect(await apply('foundations', { objects })).toEqual({ applied: 4, pruned: 0 });
    expect(await find('/apis/early.ex.io/v1/namespaces/default/widgets/first')).not.toBeNull();
    expect(await find('/api/v1/namespaces/new-space/configmaps/inside')).not.toBeNull();
  });

  it('keeps a CRD that is no longer in the bundle', async () => {
    await apply('crd', { objects: [widgetDefinition('kept.ex.io'), configMap('beside')] });
    expect(await apply('crd', { objects: [configMap('beside')], operation: 2 })).toEqual({ applied: 1, pruned: 0 });
    await remove('crd', { operation: 3 });
    expect(await find('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.kept.ex.io')).not.toBeNull();
  });
});

describe('what the API server would refuse', () => {
  it('is found for all objects before any is changed', async () => {
    const good = configMap('untouched');
    const bad = { ...configMap('Bad_Name'), metadata: { name: 'Bad_Name', namespace: 'default' } };
    const typo = { ...deployment('typo'), spec: { replicas: 'many' } };
    const failure = await failureOf(apply('refused', { objects: [good, bad, typo] }));
    expect(failure.code).toBe('object-refused');
    expect(failure.problems.map((problem) => problem.object)).toEqual([
      'ConfigMap default/Bad_Name',
      'Deployment default/typo',
    ]);
    expect(await findConfigMap('untouched')).toBeNull();
    expect(await findInventory('refused')).toBeNull();
  });

  it('names an unknown field', async () => {
    const object = { ...deployment('field'), spec: { ...(deployment('field')['spec'] as JsonObject), replicaz: 3 } }; // an object by construction
    const failure = await failureOf(apply('field', { objects: [object] }));
    expect(failure.code).toBe('object-refused');
    expect(failure.message).toContain('replicaz');
  });

  it('names the object and the field of a change that is not allowed', async () => {
    await apply('migrate', { objects: [job('migrate', 'example/a:1'), configMap('companion', { version: '1' })] });
    const objects = [job('migrate', 'example/a:2'), configMap('companion', { version: '2' })];
    const failure = await failureOf(apply('migrate', { objects, operation: 2 }));
    expect(failure.code).toBe('object-refused');
    expect(failure.problems).toHaveLength(1);
    expect(failure.message).toMatch(
      /Job default\/migrate: expected no change of an immutable field.*field is immutable/,
    );
    expect(readText((await findConfigMap('companion')) ?? {}, 'data', 'version')).toBe('1');
  });

  it('says which kind the cluster does not serve', async () => {
    const failure = await failureOf(apply('unknown', { objects: [widget('nowhere.ex.io', 'w', {})] }));
    expect(failure.message).toBe(
      'Widget default/w: expected a cluster that serves nowhere.ex.io/v1 Widget, found no such kind (is its CRD or API missing?)',
    );
  });

  it('says which namespace is missing', async () => {
    const failure = await failureOf(apply('lost', { objects: [configMap('lost', {}, 'no-such-space')] }));
    expect(failure.message).toContain('namespaces "no-such-space" not found');
  });

  it('does not quote a Secret', async () => {
    const object = { ...secret('leak', {}), data: { key: 'hunter2!' } };
    const failure = await failureOf(apply('leak', { objects: [object] }));
    expect(failure.code).toBe('object-refused');
    expect(failure.message).toContain('Secret default/leak');
    expect(failure.message).not.toContain('hunter2');
  });
});

describe('the fence', () => {
  it('refuses an operation older than the one that wrote last, and changes nothing', async () => {
    await apply('fenced', { objects: [configMap('fenced', { by: '5' })], operation: 5 });
    const late = { objects: [configMap('fenced', { by: '4' })], operation: 4 };
    expect((await failureOf(apply('fenced', late))).code).toBe('operation-superseded');
    expect((await failureOf(remove('fenced', { operation: 4 }))).code).toBe('operation-superseded');
    expect(readText((await findConfigMap('fenced')) ?? {}, 'data', 'by')).toBe('5');
  });

  it('stops an operation that is overtaken on its way', async () => {
    const slow = Array.from({ length: 40 }, (_, index) => configMap(`slow-${index}`, { by: '1' }));
    let overtaken: Promise<unknown> | undefined;
    const heartbeat = (): void => {
      overtaken ??= apply('race', { objects: [configMap('slow-0', { by: '2' })], operation: 2 });
    };
    const [first] = await Promise.allSettled([apply('race', { objects: slow, heartbeat })]);
    await overtaken;
    // The overtaken one fails, or had ended before; the newer one has the last word in both cases.
    if (first.status === 'rejected') expect(first.reason).toMatchObject({ code: 'operation-superseded' });
    await apply('race', { objects: [configMap('slow-0', { by: '2' })], operation: 2 });
    const inventory = await findInventory('race');
    expect(readText(inventory ?? {}, 'metadata', 'annotations', 'emco/operation')).toBe('2');
    expect(readText((await findConfigMap('slow-0')) ?? {}, 'data', 'by')).toBe('2');
    expect(await findConfigMap('slow-39')).toBeNull();
  });

  it('does not claim a bundle that was applied in part', async () => {
    const whole = [configMap('part-a', { v: '1' }), configMap('part-b', { v: '1' })];
    await apply('part', { objects: whole });
    const controller = new AbortController();
    let beats = 0;
    const heartbeat = (): void => {
      beats += 1;
      if (beats > 3) controller.abort(new Error('cancelled'));
    };
    const next = [configMap('part-a', { v: '2' }), configMap('part-b', { v: '2' })];
    const request = { objects: next, operation: 2, heartbeat, signal: controller.signal };
    await expect(apply('part', request)).rejects.toThrow('cancelled');
    const inventory = await findInventory('part');
    const bundle = readText(inventory ?? {}, 'metadata', 'annotations', 'emco/bundle');
    expect(bundle).not.toBe(toRequest('part', { objects: next }).bundle);
    await apply('part', { objects: next, operation: 2 });
    expect(readText((await findConfigMap('part-b')) ?? {}, 'data', 'v')).toBe('2');
  });
});

describe('removing an app', () => {
  it('deletes its objects and its inventory and returns when they are gone', async () => {
    await apply('gone', { objects: [deployment('gone'), configMap('gone'), namespace('gone-space')] });
    expect(await remove('gone', { operation: 2 })).toEqual({ pruned: 3 });
    expect(await findConfigMap('gone')).toBeNull();
    expect(await find('/apis/apps/v1/namespaces/default/deployments/gone')).toBeNull();
    expect(await find('/api/v1/namespaces/gone-space')).toBeNull();
    expect(await findInventory('gone')).toBeNull();
    expect(await remove('gone', { operation: 2 })).toEqual({ pruned: 0 });
  });

  it('names what does not go and what that waits for', async () => {
    const held = configMap('held');
    const objects = [{ ...held, metadata: { ...held.metadata, finalizers: ['ex.io/hold'] } }];
    await apply('held', { objects });
    const impatient = makeClusterDeployer({ connect: connectApiServer, sha256, waitMs: 300 });
    const failure = await failureOf(impatient.remove(toRequest('held', { operation: 2 })));
    expect(failure.code).toBe('timed-out');
    expect(failure.message).toBe(
      'ConfigMap default/held: expected to be gone within 0.3 s, found it waits for ex.io/hold',
    );
    await cluster.api.apply('/api/v1/namespaces/default/configmaps/held', held);
  });
});

describe('a cluster that does not answer', () => {
  it('is unreachable, which can be tried again', async () => {
    const kubeconfig = cluster.kubeconfig.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
    const failure = await failureOf(apply('nobody', { objects: [configMap('nobody')], kubeconfig }));
    expect(failure.code).toBe('cluster-unreachable');
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('is unreachable when it does not take the token, which is not repeated', async () => {
    const kubeconfig = cluster.kubeconfig.replace(/token: \w+/, 'token: wrong-token');
    const failure = await failureOf(apply('nobody', { objects: [configMap('nobody')], kubeconfig }));
    expect(failure.code).toBe('cluster-unreachable');
    expect(failure.message).toContain('401 Unauthorized');
    expect(failure.message).not.toContain('wrong-token');
  });

  it('is not awaited after an abort', async () => {
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    controller.abort(new Error('cancelled before'));
    const attempt = apply('aborted', { objects: [configMap('aborted')], signal: controller.signal });
    await expect(attempt).rejects.toThrow('cancelled before');
  });
});
