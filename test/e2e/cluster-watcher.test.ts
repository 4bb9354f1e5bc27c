import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import { waitUntil } from '#lab/process/index.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { makeClusterDeployer } from '#plugins/deployer/kubernetes/index.ts';
import { makeBundle } from '#test/support/bundle.ts';
import { configMap, deployment, secret, widget, widgetDefinition } from '#test/support/kubernetes-objects.ts';
import { isAllCurrent, sha256, startWatching, toExpected } from '#test/support/watching.ts';
import type { Watching } from '#test/support/watching.ts';

const gid = '1234567890123456789';
const deployer = makeClusterDeployer({ connect: connectApiServer, sha256, waitMs: 20_000 });

let fleet: Fleet;
let cluster: LabCluster;

beforeAll(async () => {
  fleet = await startFleet({ clusters: ['edge+watched'], flux: false });
  const [first] = fleet.clusters;
  if (first === undefined) throw new Error('expected a cluster, found none');
  cluster = first;
});
afterAll(() => fleet.stop());

function watch(kubeconfig = cluster.kubeconfig): Watching {
  const watching = startWatching({ cluster: 'edge+watched', kubeconfig });
  onTestFinished(() => watching.stop());
  return watching;
}

const direct = (app: string, ...objects: readonly KubernetesObject[]): ExpectedApp =>
  toExpected({ gid, app, delivery: 'kubernetes' }, ...objects);

const subject = (app: string, operation: number) => ({
  kubeconfig: cluster.kubeconfig,
  gid,
  app,
  namespace: 'default',
  operation,
  heartbeat: () => undefined,
  signal: new AbortController().signal,
});

async function apply(app: string, operation: number, ...objects: readonly KubernetesObject[]): Promise<BlobAddress> {
  const bundle = sha256(JSON.stringify(objects)) as BlobAddress; // any 64 hex digits are an address
  await deployer.apply({ ...subject(app, operation), bundle, content: makeBundle(...objects) });
  return bundle;
}

describe('watching a cluster that is applied to directly', () => {
  it('says first that nothing is there, then what was applied, then that all is healthy', async () => {
    const watching = watch();
    const objects = [deployment('web'), configMap('web'), secret('web', { key: 'planted-secret-value' })];
    watching.expect(direct('web', ...objects));
    const before = await watching.until('web', () => true, 'anything');
    expect(before).toMatchObject({ cluster: 'edge+watched', gid, present: false, appliedRevision: '', message: '' });
    expect(before.resources.map((one) => one.status)).toEqual(['NotFound', 'NotFound', 'NotFound']);

    const bundle = await apply('web', 1, ...objects);
    const ready = await watching.until('web', isAllCurrent, 'all Current');
    expect(ready).toMatchObject({ present: true, current: true, appliedRevision: bundle });
    expect(ready.resources[0]?.message).toBe('Deployment is available. Replicas: 1');
    expect(JSON.stringify(watching.reports)).not.toContain('planted-secret-value');
  });

  it('never counts health from before a bundle for that bundle', async () => {
    const watching = watch();
    await apply('roll', 1, deployment('roll', { image: 'example/web:1', replicas: 2 }));
    watching.expect(direct('roll', deployment('roll')));
    await watching.until('roll', isAllCurrent, 'all Current');
    // A deployment that can not become available: nothing schedules its pods.
    const stuck = deployment('roll', { image: 'example/web:2', replicas: 2 });
    const template = { metadata: { labels: { app: 'roll' } }, spec: unschedulable };
    const second = await apply('roll', 2, { ...stuck, spec: { ...selector, replicas: 2, template } });
    const seen = await watching.until('roll', (one) => one.appliedRevision === second, 'the second bundle');
    expect(seen.resources[0]?.status).toBe('InProgress');
    const claims = watching.reports.filter((one) => one.appliedRevision === second && isAllCurrent(one));
    expect(claims).toEqual([]);
  });

  it('sees drift: an object that somebody deletes is NotFound', async () => {
    const watching = watch();
    const objects = [configMap('drift')];
    watching.expect(direct('drift', ...objects));
    await apply('drift', 1, ...objects);
    await watching.until('drift', isAllCurrent, 'all Current');
    await cluster.api.remove('/api/v1/namespaces/default/configmaps/drift');
    const gone = await watching.until('drift', (one) => !isAllCurrent(one), 'not Current');
    expect(gone.resources[0]).toMatchObject({ status: 'NotFound', message: 'Resource not found' });
  });

  it('looks for a kind again that the cluster does not serve yet', async () => {
    const watching = watch();
    const objects = [widgetDefinition('late.ex.io'), widget('late.ex.io', 'w', {})];
    watching.expect(direct('late', ...objects));
    const before = await watching.until('late', () => true, 'anything');
    expect(before.resources[1]).toMatchObject({ status: 'NotFound', message: 'The cluster does not serve Widget yet' });
    await apply('late', 1, ...objects);
    await watching.until('late', isAllCurrent, 'all Current');
  });

  it('names who took a field that was applied, until it is applied again, and nobody for fields of others', async () => {
    const watching = watch();
    const path = '/api/v1/namespaces/default/configmaps/taken';
    const object = (content: Record<string, string>) => ({ ...configMap('taken', content), kind: 'ConfigMap' });
    await apply('taken', 1, configMap('taken', { colour: 'red' }));
    watching.expect(direct('taken', configMap('taken')));
    await watching.until('taken', isAllCurrent, 'Current');

    await cluster.api.apply(path, object({ size: 'large' }));
    await apply('taken', 2, configMap('taken', { colour: 'blue' }));
    const ours = await watching.until('taken', (one) => one.appliedRevision !== '' && isAllCurrent(one), 'Current');
    expect(ours.resources[0]).not.toHaveProperty('changedBy');

    await cluster.api.apply(path, object({ colour: 'green' }));
    const taken = await watching.until('taken', (one) => one.resources[0]?.changedBy !== undefined, 'taken');
    expect(taken.resources[0]).toMatchObject({ status: 'Current', changedBy: 'lab' });

    await apply('taken', 3, configMap('taken', { colour: 'blue' }));
    await watching.until('taken', (one) => one.resources[0]?.changedBy === undefined, 'ours again');
  });

  it('says that an app is gone, and again when it is asked again', async () => {
    const watching = watch();
    await apply('gone', 1, configMap('gone'));
    watching.expect(direct('gone', configMap('gone')));
    await watching.until('gone', (one) => one.present, 'present');
    await deployer.remove(subject('gone', 2));
    watching.expect(direct('gone'));
    const absent = await watching.until('gone', (one) => !one.present, 'absent');
    watching.expect(direct('gone'));
    await watching.until('gone', (one) => one.observedAt > absent.observedAt, 'absent once more');
  });

  it('holds many apps on one watch per kind and reports changes only, at most once a second', async () => {
    const watching = watch();
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    watching.expect(...names.map((name) => direct(name, configMap(name))));
    await watching.until('many-19', () => true, 'anything');
    await Promise.all(names.map((name) => apply(name, 1, configMap(name))));
    await Promise.all(names.map((name) => watching.until(name, isAllCurrent, 'Current')));
    const times = watching.batches.map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(990);
    for (const name of names) {
      const said = watching.reports
        .filter((one) => one.app === name)
        .map((one) => JSON.stringify({ ...one, observedAt: '' }));
      expect(new Set(said).size).toBe(said.length);
    }
  });
});

const selector = { selector: { matchLabels: { app: 'roll' } } };
const unschedulable = {
  containers: [{ name: 'main', image: 'example/web:2' }],
  nodeSelector: { 'no-such': 'node' },
};

describe('the connection to a cluster', () => {
  it('is Retrying while the API server is away, and nothing is missed after it is back', async () => {
    const watching = watch();
    watching.expect(direct('offline', configMap('offline')));
    await watching.until('offline', (one) => !one.present, 'absent');
    await cluster.goOffline();
    await waitUntil(async () => watching.connectivity.at(-1)?.startsWith('Retrying'), {
      timeoutMs: 30_000,
      expected: 'Retrying to be said',
    });
    await cluster.goOnline();
    await apply('offline', 1, configMap('offline'));
    await watching.until('offline', isAllCurrent, 'Current');
    expect(watching.connectivity.map((said) => said.split(':')[0])).toEqual(
      expect.arrayContaining(['Available', 'Retrying', 'Available']),
    );
    expect(watching.connectivity.at(-1)).toBe('Available');
  });

  it('is Retrying with the reason when the kubeconfig is not usable, without ending the watch', async () => {
    const watching = watch(cluster.kubeconfig.replace(/token: \w+/, 'exec: {command: /bin/sh}'));
    await waitUntil(async () => watching.connectivity.length > 0, { timeoutMs: 5_000, expected: 'a word' });
    expect(watching.connectivity).toEqual([
      'Retrying: kubeconfig user: expected a token, client certificate or password in the file itself, found exec',
    ]);
  });

  it('ends when the signal aborts', async () => {
    const watching = startWatching({ cluster: 'edge+watched', kubeconfig: cluster.kubeconfig });
    watching.expect(direct('ends', configMap('ends')));
    await watching.until('ends', () => true, 'anything');
    await expect(watching.stop()).resolves.toBeUndefined();
  });
});
