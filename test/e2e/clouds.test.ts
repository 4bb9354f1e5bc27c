/** Level 1 logical clouds on real API servers with RBAC, by Flux and directly: what they give, and what they do not let out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '#domain/json.ts';
import { waitUntil } from '#lab/process/index.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { memberOf } from '#test/support/api-client.ts';
import { named, send } from './main-job/documents.ts';
import { type CloudCluster, type CloudWorld, startCloudWorld, writeTenantGroup } from './clouds/world.ts';

const cloud = '/projects/job/logical-clouds/shop';
const both = ['edge+c1', 'far+d1'] as const;

let world: CloudWorld;
beforeAll(async () => {
  world = await startCloudWorld();
});
afterAll(() => world?.stop());

const configMap = (name: string, namespace = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${namespace === '' ? '' : `  namespace: ${namespace}\n`}data: {a: b}\n`;

async function readStatus(query = 'status=ready', path = cloud): Promise<JsonObject> {
  const value = (await world.api.get(`${path}/status?${query}`)).json();
  return isJsonObject(value) ? value : {};
}

async function untilCloud(deployedStatus: string, path = cloud): Promise<void> {
  const isThere = async (): Promise<boolean> =>
    (await readStatus('status=deployed&output=summary', path))['deployedStatus'] === deployedStatus;
  const expected = `the cloud to be ${deployedStatus}`;
  await waitUntil(isThere, { timeoutMs: 120_000, expected, intervalMs: 300 }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; status ${JSON.stringify(await readStatus('status=deployed', path))}`);
  });
}

/** A cloud of a project of its own on the direct cluster; its user has the name of all the others. */
async function bringUp(project: string, namespace: string): Promise<string> {
  const path = `/projects/${project}/logical-clouds/own`;
  const post = (at: string, json: object) => send(world.api, 'post', { path: at, json });
  await post('/projects', named(project));
  const user = { userName: 'user-1', type: 'certificate' };
  await post(`/projects/${project}/logical-clouds`, named('own', { namespace, user }));
  await post(`${path}/cluster-references`, named('direct', { clusterProvider: 'far', cluster: 'd1' }));
  const own = { namespace, apiGroups: [''], resources: ['configmaps'], verbs: all };
  await post(`${path}/user-permissions`, named('own', own));
  await send(world.api, 'post', { path: `${path}/instantiate` });
  return path;
}

const find = async (name: CloudCluster, path: string): Promise<JsonObject | null> => {
  const { status, body } = await world.cluster(name).api.get(path);
  return status === 200 ? (body as JsonObject) : null; // the API server answers JSON
};

const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

async function refer(name: string, key: CloudCluster): Promise<void> {
  const [clusterProvider = '', cluster = ''] = key.split('+');
  await send(world.api, 'post', {
    path: `${cloud}/cluster-references`,
    json: named(name, { clusterProvider, cluster, loadBalancerIP: '0.0.0.0' }),
  });
}

const lcid = async (): Promise<string> => {
  const { states } = await readStatus();
  return isJsonObject(states) && typeof states['statusctxid'] === 'string' ? states['statusctxid'] : '';
};

describe('a level 1 logical cloud', () => {
  it('comes up on direct and on Git clusters, and a group that was asked for at once waits for it', async () => {
    const post = (path: string, json: object) => send(world.api, 'post', { path, json });
    const user = { userName: 'user-1', type: 'certificate' };
    await post('/projects/job/logical-clouds', named('shop', { namespace: 'shop', labels: { tier: 'gold' }, user }));
    await refer('git', 'edge+c1');
    await refer('direct', 'far+d1');
    const early = await world.api.post(`${cloud}/instantiate`);
    expect([early.status, early.text]).toEqual([
      409,
      'Level-1 Logical Clouds require a User Permission assigned to its primary namespace\n',
    ]);
    const own = { namespace: 'shop', apiGroups: ['', 'apps'], resources: ['configmaps', 'deployments'], verbs: all };
    await post(`${cloud}/user-permissions`, named('own', own));
    const roles = { namespace: 'shop', apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: all };
    await post(`${cloud}/user-permissions`, named('roles', roles));
    await post(`${cloud}/cluster-quotas`, named('small', { 'limits.cpu': '4', pods: '50' }));
    const group = await writeTenantGroup(world, { name: 'inside', on: both, templates: [configMap('inside')] });
    expect((await world.api.post(`${cloud}/instantiate`)).status).toBe(202);
    await group.perform('instantiate');
    await untilCloud('Instantiated');
    for (const name of both) {
      const namespace = await find(name, '/api/v1/namespaces/shop');
      expect(namespace?.['metadata']).toMatchObject({ labels: { tier: 'gold' } });
      expect(await find(name, '/api/v1/namespaces/shop/resourcequotas/small')).toMatchObject({
        spec: { hard: { pods: '50' } },
      });
      expect(await find(name, '/api/v1/namespaces/shop/configmaps/inside')).not.toBeNull();
    }
    const status = await readStatus();
    expect([status['deployedStatus'], status['readyStatus']]).toEqual(['Instantiated', 'Ready']);
    expect(memberOf(await world.api.get(`${cloud}/status?apps`), 'apps')).toEqual(['logical-cloud']);
  });

  it('gives its user a kubeconfig that works, with that user’s rights only', async () => {
    const answer = await world.api.get(`${cloud}/cluster-references/direct/kubeconfig`);
    expect([answer.status, answer.type]).toEqual([200, 'application/yaml']);
    const api = await connectApiServer(answer.text);
    const look = (path: string) => api.call({ method: 'GET', path });
    expect(await look('/api/v1/namespaces/shop/configmaps/inside')).toMatchObject({ ok: true });
    for (const path of [
      '/api/v1/namespaces/kube-system/configmaps',
      '/api/v1/namespaces/shop/secrets',
      '/api/v1/nodes',
      '/api/v1/namespaces/emco-system/configmaps',
    ]) {
      expect(await look(path)).toMatchObject({ ok: false, status: 403 });
    }
    api.close();
    expect((await world.api.get(`${cloud}/cluster-references/git/kubeconfig`)).status).toBe(409);
  });

  it('has Flux apply its groups by its own service account', async () => {
    const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
    const list = await find('edge+c1', kustomizations);
    expect(list?.['items']).toContainEqual(
      expect.objectContaining({
        metadata: expect.objectContaining({ name: expect.stringMatching(/-web$/) as string }) as object,
        spec: expect.objectContaining({ serviceAccountName: `emco-${await lcid()}` }) as object,
      }),
    );
  });

  it.each([
    [
      'a ConfigMap in kube-system',
      configMap('outside', 'kube-system'),
      /kube-system.*logical cloud shop|logical cloud shop.*kube-system/,
    ],
    [
      'a ClusterRole',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: outside}\nrules: []\n',
      /ClusterRole.*logical cloud shop.*whole cluster/,
    ],
    [
      'a Namespace',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: outside}\n',
      /Namespace.*logical cloud shop.*whole cluster/,
    ],
    [
      'a CustomResourceDefinition',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.ex.io}\nspec: {group: ex.io, scope: Namespaced, names: {kind: Thing, plural: things}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n',
      /CustomResourceDefinitions.*logical cloud shop.*whole cluster/,
    ],
  ])('refuses a chart with %s before anything is written', async (what, template, message) => {
    const name = `out-${what.split(' ')[1]?.toLowerCase()}`;
    const group = await writeTenantGroup(world, { name, on: both, templates: [configMap(name), template] });
    await group.request('instantiate');
    const ended = await group.untilEnded('instantiate');
    expect(ended).toMatchObject({ state: 'failed', message: expect.stringMatching(message) as string });
    expect(await find('far+d1', `/api/v1/namespaces/shop/configmaps/${name}`)).toBeNull();
  });

  it.each(both)('lets the cluster %s refuse what its user may not, and says so', async (name) => {
    const slug = name.replace('+', '-');
    const role = `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: more}\nrules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]\n`;
    const escalating = await writeTenantGroup(world, { name: `role-${slug}`, on: [name], templates: [role] });
    await escalating.request('instantiate');
    const ended = await escalating.untilEnded('instantiate');
    expect(ended.state).toBe('failed');
    expect(ended.message).toMatch(new RegExp(`Role.*more.*logical cloud shop|logical cloud shop.*Role.*more`, 's'));
    expect(ended.message).toContain(name);
    expect(ended.message).toMatch(/attempting to grant RBAC permissions/);
    const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: helper}\n';
    const kind = await writeTenantGroup(world, { name: `account-${slug}`, on: [name], templates: [account] });
    await kind.request('instantiate');
    expect(await kind.untilEnded('instantiate')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/helper.*cannot patch resource "serviceaccounts"/s) as string,
    });
    for (const group of [escalating, kind]) await group.perform('terminate');
  });

  it('takes permissions, quotas and cluster references in while it is up', async () => {
    const accounts = { namespace: 'shop', apiGroups: [''], resources: ['serviceaccounts'], verbs: all };
    await send(world.api, 'post', { path: `${cloud}/user-permissions`, json: named('accounts', accounts) });
    expect((await world.api.remove(`${cloud}/cluster-quotas/small`)).status).toBe(204);
    await refer('second', 'edge+c2');
    expect((await world.api.post(`${cloud}/update`)).status).toBe(202);
    const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: helper}\n';
    const group = await writeTenantGroup(world, { name: 'later', on: ['edge+c2', 'far+d1'], templates: [account] });
    await group.perform('instantiate');
    await untilCloud('Instantiated');
    expect(await find('edge+c2', '/api/v1/namespaces/shop/serviceaccounts/helper')).not.toBeNull();
    expect(await find('far+d1', '/api/v1/namespaces/shop/resourcequotas/small')).toBeNull();
    const used = await world.api.remove(`${cloud}/cluster-references/second`);
    expect(used.status).toBe(409);
    await group.perform('terminate');
    expect((await world.api.remove(`${cloud}/cluster-references/second`)).status).toBe(204);
    expect((await world.api.post(`${cloud}/update`)).status).toBe(202);
    await untilCloud('Instantiated');
    await waitUntil(async () => (await find('edge+c2', '/api/v1/namespaces/shop')) === null, {
      timeoutMs: 60_000,
      expected: 'the namespace to be gone from the cluster that left',
    });
  });

  it('shares no rights with a cloud of another project whose user has the same name', async () => {
    const other = await bringUp('other', 'other-ns');
    await untilCloud('Instantiated', other);
    const api = await connectApiServer((await world.api.get(`${other}/cluster-references/direct/kubeconfig`)).text);
    const look = (namespace: string) => api.call({ method: 'GET', path: `/api/v1/namespaces/${namespace}/configmaps` });
    expect(await look('other-ns')).toMatchObject({ ok: true });
    expect(await look('shop')).toMatchObject({ ok: false, status: 403 });
    api.close();
    await send(world.api, 'post', { path: `${other}/terminate` });
    await untilCloud('Terminated', other);
  });

  it('does not take over a namespace that a direct cluster has already, nor take it along', async () => {
    await world.cluster('far+d1').api.apply('/api/v1/namespaces/taken', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'taken' },
    });
    const taking = await bringUp('taking', 'taken');
    await untilCloud('InstantiateFailed', taking);
    expect(JSON.stringify(await readStatus('', taking))).toMatch(/Namespace taken.*found one of somebody else/);
    await send(world.api, 'post', { path: `${taking}/terminate` });
    await untilCloud('Terminated', taking);
    expect(await find('far+d1', '/api/v1/namespaces/taken')).not.toBeNull();
  });

  it('goes after its groups only, and takes everything with it', async () => {
    const used = await world.api.post(`${cloud}/terminate`);
    expect([used.status, used.text]).toEqual([
      400,
      'Found at least one DIG associated with Logical Cloud attempted to be terminated\n',
    ]);
    expect((await world.api.remove(cloud)).status).toBe(409);
    const path = '/projects/job/composite-apps/inside/v1/deployment-intent-groups/inside';
    await send(world.api, 'post', { path: `${path}/terminate` });
    await waitUntil(async () => (await world.api.post(`${cloud}/terminate`)).status === 202, {
      timeoutMs: 90_000,
      expected: 'the cloud to be terminated once its groups are gone',
    });
    await untilCloud('Terminated');
    const id = await lcid();
    for (const name of both) expect(await find(name, '/api/v1/namespaces/shop')).toBeNull();
    expect(await find('edge+c1', `/api/v1/namespaces/flux-system/serviceaccounts/emco-${id}`)).toBeNull();
    expect((await world.api.get(`${cloud}/cluster-references/direct/kubeconfig`)).status).toBe(409);
    for (const child of [
      'user-permissions/own',
      'user-permissions/roles',
      'user-permissions/accounts',
      'cluster-references/git',
      'cluster-references/direct',
    ]) {
      expect((await world.api.remove(`${cloud}/${child}`)).status, child).toBe(204);
    }
  });
});
