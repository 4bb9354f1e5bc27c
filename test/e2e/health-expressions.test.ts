/** A custom resource on a real API server, judged by expressions of the group's plan. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { HealthCheck } from '#domain/health-check.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { makeClusterDeployer } from '#plugins/deployer/kubernetes/index.ts';
import { makeBundle } from '#test/support/bundle.ts';
import { widget, widgetDefinition } from '#test/support/kubernetes-objects.ts';
import { isAllCurrent, sha256, startWatching, toExpected } from '#test/support/watching.ts';

const gid = '1234567890123456789';
const group = 'health.example.org';
const deployer = makeClusterDeployer({ connect: connectApiServer, sha256, waitMs: 20_000 });

let fleet: Fleet;
let cluster: LabCluster;

beforeAll(async () => {
  fleet = await startFleet({ clusters: ['edge+judged'], flux: false });
  const [first] = fleet.clusters;
  if (first === undefined) throw new Error('expected a cluster, found none');
  cluster = first;
});
afterAll(() => fleet.stop());

async function apply(app: string, operation: number, ...objects: readonly KubernetesObject[]): Promise<void> {
  const bundle = sha256(JSON.stringify(objects)) as BlobAddress; // any 64 hex digits are an address
  await deployer.apply({
    kubeconfig: cluster.kubeconfig,
    gid,
    app,
    namespace: 'default',
    operation,
    heartbeat: () => undefined,
    signal: new AbortController().signal,
    bundle,
    content: makeBundle(...objects),
  });
}

const expected = (app: string, healthChecks?: readonly HealthCheck[]): ExpectedApp => ({
  ...toExpected({ gid, app, delivery: 'kubernetes' }, widget(group, app, {})),
  ...(healthChecks === undefined ? {} : { healthChecks }),
});

it('goes by the expressions of the app that asks, from when they come until they go', async () => {
  const watching = startWatching({ cluster: 'edge+judged', kubeconfig: cluster.kubeconfig });
  onTestFinished(() => watching.stop());
  const check: HealthCheck = { apiVersion: `${group}/v1`, kind: 'Widget', current: "spec.size == 'big'" };
  await apply('judged', 1, widgetDefinition(group), widget(group, 'judged', { size: 'small' }));
  await apply('plain', 1, widgetDefinition(group), widget(group, 'plain', { size: 'small' }));

  watching.expect(expected('judged'), expected('plain'));
  await watching.until('judged', isAllCurrent, 'Current by kstatus');

  watching.expect(expected('judged', [check]), expected('plain'));
  const small = await watching.until('judged', (one) => !isAllCurrent(one), 'no longer Current');
  expect(small.resources.map(({ status, message }) => [status, message])).toEqual([
    ['InProgress', 'healthCheckExprs: current is false'],
  ]);
  await watching.until('plain', isAllCurrent, 'Current by kstatus, since nobody asked otherwise');

  await apply('judged', 2, widgetDefinition(group), widget(group, 'judged', { size: 'big' }));
  await watching.until('judged', isAllCurrent, 'Current by its expression');

  const broken: HealthCheck = { ...check, failed: "spec.size == 'big'" };
  watching.expect(expected('judged', [broken]), expected('plain'));
  await watching.until('judged', ({ resources }) => resources[0]?.status === 'Failed', 'Failed by its expression');

  watching.expect(expected('judged'), expected('plain'));
  await watching.until('judged', isAllCurrent, 'Current by kstatus again');
});
