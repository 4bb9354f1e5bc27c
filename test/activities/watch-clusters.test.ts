/** What the watchers are told to look for, from real documents and a real store. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ActivityDeps } from '#activities/deps.ts';
import { makeLastMade } from '#activities/last-made.ts';
import { watchClusters } from '#activities/watch-clusters.ts';
import type { HealthCheck } from '#domain/health-check.ts';
import type { ExpectedApp, WatchRequest } from '#domain/ports/plugins.ts';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { freezePlan } from '#test/support/roll-out.ts';
import { approveGroup, seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;

/** Runs the activity until its watcher was asked what it expects. */
async function readExpected(): Promise<readonly ExpectedApp[]> {
  const controller = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<readonly ExpectedApp[]>();
  const watch = (request: WatchRequest): Promise<void> => request.expected().then(resolve, reject);
  const deps = {
    store: database.store,
    gitops: [],
    watcher: { watch },
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
    viewed: makeLastMade(8),
    now: Date.now,
    log: { info: () => undefined, warn: () => undefined },
  };
  // Of what activities are given, watching uses these alone.
  const running = watchClusters(deps as unknown as ActivityDeps, { shard: 0, shards: 1 }, controller.signal);
  running.catch(reject);
  try {
    return await promise;
  } finally {
    controller.abort();
    await running.catch(() => undefined);
  }
}

it("the expressions of the group's newest plan reach the watchers, and no others", async () => {
  const project = 'watched';
  const group = await seedGroup(http, { project, apps: ['web'], clusters: ['c1'] });
  const put = await http.put(`/v2/cluster-providers/${project}/clusters/c1`, {
    metadata: { metadata: { name: 'c1' } },
    files: [['file', 'kubeconfig', kubeconfig]],
  });
  expect(put.status, put.text).toBeLessThan(300);
  await approveGroup(http, group);
  const planned = { store: database.store, group: group.key, provider: project, apps: ['web'], clusters: ['c1'] };
  await http.post(`${group.path}/instantiate`);
  await freezePlan(planned);
  const [plain] = await readExpected();
  expect(plain).toMatchObject({ app: 'web', delivery: 'kubernetes', resources: [{ name: 'web-cm' }, {}] });
  expect(plain).not.toHaveProperty('healthChecks');

  const check: HealthCheck = { apiVersion: 'example.org/v1', kind: 'Widget', current: 'status.ready' };
  await http.post(`${group.path}/update`);
  await freezePlan({ ...planned, healthChecks: [check] });
  expect((await readExpected())[0]?.healthChecks).toEqual([check]);
  expect(memberOf(await http.get(`${group.path}/plan`), 'healthCheckExprs')).toEqual([check]);
  expect(memberOf(await http.get(`${group.path}/plan?revision=1`), 'healthCheckExprs')).toBeUndefined();
});
