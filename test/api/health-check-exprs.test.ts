import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHealthChecks } from '#activities/read-health-checks.ts';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  await http.post('/v2/projects', { json: { metadata: { name: 'p' } } });
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const widget = { apiVersion: 'example.org/v1', kind: 'Widget', current: "status.phase == 'Ready'" };
const gadget = { apiVersion: 'example.org/v1', kind: 'Gadget', current: 'status.ready' };
const application = (name: string, healthCheckExprs?: unknown) => ({
  metadata: { name },
  spec: { compositeAppVersion: 'v1', ...(healthCheckExprs === undefined ? {} : { healthCheckExprs }) },
});
const post = (json: unknown) => http.post('/v2/projects/p/composite-apps', { json });

it('a document without expressions is answered without them, as before', async () => {
  const answer = await post(application('plain'));
  expect([answer.status, memberOf(answer, 'spec')]).toEqual([201, { compositeAppVersion: 'v1' }]);
});

it.each([
  [[{ ...widget, current: 'status.phase ==' }], /Widget \(example\.org\/v1\), current: .* EOF at column 16/],
  [[{ ...widget, failed: 'phase == 1' }], /failed: .* Unknown variable: phase at column 1/],
  [
    [{ ...widget, apiVersion: 'apps/v1', kind: 'Deployment' }],
    /expected a custom resource, found a kind of Kubernetes/,
  ],
  [[widget, { ...widget, apiVersion: 'example.org/v2' }], /expected once, found 2 times/],
  [[{ apiVersion: 'example.org/v1', kind: 'Widget' }], /^Invalid Input:/],
])('bad expressions are refused when they are written: %j', async (exprs, text) => {
  const answer = await post(application('bad', exprs));
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(/^Invalid Input:\n/);
  expect(answer.text).toMatch(text);
});

it("a group's expressions go before those of its composite application, kind by kind", async () => {
  const group = await seedGroup(http, { project: 'merge', apps: ['web'], clusters: ['c1'] });
  const root = '/v2/projects/merge/composite-apps/ca/v1';
  const replaced = await http.put(root, { json: application('ca', [widget, gadget]) });
  expect([replaced.status, memberOf(replaced, 'spec.healthCheckExprs')]).toEqual([201, [widget, gadget]]);
  const own = { ...widget, current: "status.phase == 'Done'" };
  const document = (await http.get(group.path)).json();
  const changed = {
    ...(document as object),
    spec: { ...(document as { spec: object }).spec, healthCheckExprs: [own] },
  };
  expect((await http.put(group.path, { json: changed })).status).toBe(200);
  const { documents } = database.store;
  const stored = await documents.find(group.key);
  if (stored === null) throw new Error('expected a group, found none');
  expect(await readHealthChecks(documents, group.key, stored)).toEqual([gadget, own]);
});
