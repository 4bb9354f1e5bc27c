import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeExamples } from '#api/exchanges/exchange-examples.ts';
import { exchangeSchemas } from '#api/exchanges/exchange-schemas.ts';
import { exchangeVersion } from '#domain/exchange.ts';
import type { GroupKey } from '#domain/group.ts';
import { toGroupKey } from '#domain/group.ts';
import { makeCaller, memberOf, textOf } from '#test/support/api-client.ts';
import { approveGroup, seedGroup } from '#test/support/seed-group.ts';
import { repositoryRoot } from '#test/support/source-tree.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';
import { toContractSchema } from '#test/support/contract-schema.ts';

let store: TestStore;
let api: TestApi;
let http: ReturnType<typeof makeCaller>;

beforeAll(async () => {
  store = await startTestStore();
  api = await startTestApi(store.store);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await store?.stop();
});

const json = { Accept: 'application/json' };
let serial = 0;

/** A group with an operation under way, and an open exchange. */
async function openExchange(
  activity: 'place' | 'customise',
  request: object,
): Promise<{ path: string; group: GroupKey }> {
  serial += 1;
  const project = `p${serial}`;
  const group = toGroupKey({ project, compositeApp: 'ca', version: 'v1', group: 'g' });
  const { groups, blobs, exchanges } = store.store;
  await groups.create(group, new Date().toISOString());
  await groups.approve(group, { name: 'tester' });
  await begin(group, 'instantiate');
  const [operation] = await groups.listOperations(group, 1);
  const id = String(serial).padStart(32, '0');
  await exchanges.open({
    id,
    group,
    operationId: operation?.operationId ?? '',
    operation: operation?.number ?? 0,
    controller: 'own',
    intent: 'i',
    activity,
    request: await blobs.put(Buffer.from(JSON.stringify(request))),
  });
  return { path: `/v2${group}/exchanges/${id}`, group };
}

async function begin(group: GroupKey, kind: 'instantiate' | 'terminate'): Promise<void> {
  const operationId = `${kind}-${serial}`;
  const request = { operationId, kind, toRevision: null, migrateTo: null, requestedBy: 'tester' } as const;
  await store.store.groups.request(group, request, { recordRefusal: false });
  await store.store.groups.begin(group, operationId);
}

const place = exchangeExamples.PlaceRequest;
const placed = exchangeExamples.PlaceResult;

describe('an exchange with a controller', () => {
  it('gives the request and takes a result, whose digest is the same for the same content', async () => {
    const { path } = await openExchange('place', place);
    expect((await http.get(`${path}/request`)).json()).toEqual(place);
    const one = await http.put(`${path}/result`, { json: placed });
    expect(one.status, one.text).toBe(200);
    expect(memberOf(one, 'digest')).toMatch(/^[0-9a-f]{64}$/);
    expect((await http.put(`${path}/result`, { json: placed })).text).toBe(one.text);
  });

  it('refuses what does not fit the schema, and names every member that is wrong', async () => {
    const { path } = await openExchange('place', place);
    const result = { apiVersion: 'controllers.emco/v2', kind: 'PlaceResult', apps: [{ app: 'web' }], more: 1 };
    const answer = await http.put(`${path}/result`, { json: result, headers: json });
    expect(answer.status).toBe(400);
    expect(textOf(answer, 'code')).toBe('document-invalid');
    for (const part of [
      `result apiVersion: expected one of "${exchangeVersion}", found "controllers.emco/v2"`,
      'result apps.0.clusters: expected array, found null',
      'Unrecognized key: "more"',
    ])
      expect(textOf(answer, 'detail')).toContain(part);
    expect((await http.put(`${path}/result`, { text: '{', headers: json })).status).toBe(422);
    expect((await http.put(`${path}/result`, { text: '', headers: json })).status).toBe(400);
  });

  it('refuses a cluster that was not asked about, and to leave an anyOf group without one', async () => {
    const { path } = await openExchange('place', place);
    const apps = [{ app: 'web', clusters: [{ cluster: 'edge+moon', reason: '' }] }];
    const unknown = await http.put(`${path}/result`, { json: { ...placed, apps }, headers: json });
    expect([unknown.status, textOf(unknown, 'detail')]).toEqual([400, expect.stringContaining('cluster edge+moon')]);
    const none = { ...placed, apps: [{ app: 'web', clusters: [] }] };
    const empty = await http.put(`${path}/result`, { json: none, headers: json });
    expect([empty.status, textOf(empty, 'code')]).toEqual([422, 'placement-impossible']);
  });

  it('judges changes of manifests against the objects and clusters of the request', async () => {
    const { path } = await openExchange('customise', exchangeExamples.CustomiseRequest);
    const result = exchangeExamples.CustomiseResult;
    expect((await http.put(`${path}/result`, { json: result })).status).toBe(200);
    const changes = [
      { app: 'web', clusters: ['edge+moon'] },
      { app: 'web', put: [{ apiVersion: 'v1', kind: 'List', metadata: { name: 'x' } }] },
    ];
    const list = await http.put(`${path}/result`, { json: { ...result, changes }, headers: json });
    expect(textOf(list, 'detail')).toContain('result changes.1.put.0.kind: expected single objects instead of a List');
    const moon = await http.put(`${path}/result`, { json: { ...result, changes: [changes[0]] }, headers: json });
    expect(textOf(moon, 'detail')).toContain('app web: expected a cluster that it goes to, found edge+moon');
  });

  it('is closed to what comes late: 409 for the request and for the result once a newer operation has begun', async () => {
    const { path, group } = await openExchange('place', place);
    await begin(group, 'terminate');
    for (const answer of [
      await http.get(`${path}/request`, json),
      await http.put(`${path}/result`, { json: placed, headers: json }),
    ])
      expect([answer.status, textOf(answer, 'code')]).toEqual([409, 'operation-superseded']);
  });

  it('is found under its own group only', async () => {
    const { path } = await openExchange('place', place);
    const { path: other } = await openExchange('place', place);
    const id = path.slice(-32);
    for (const wrong of [`${other.slice(0, -32)}${id}`, `${path.slice(0, -1)}f`, `${path}0`])
      expect((await http.get(`${wrong}/request`)).status).toBe(404);
    expect((await http.post(`${path}/result`)).status).toBe(405);
  });

  it('takes a placement on 5,000 clusters, and a change on each of them', async () => {
    const keys = Array.from({ length: 5000 }, (_, at) => `edge+c${String(at).padStart(4, '0')}`);
    const clusters = keys.map((cluster) => ({ cluster, labels: ['all'], kv: {} }));
    const wide = await openExchange('place', { ...place, clusters, apps: [{ app: 'web', allOf: keys, anyOf: [] }] });
    const apps = [{ app: 'web', clusters: keys.map((cluster) => ({ cluster, reason: `${cluster} has room` })) }];
    expect((await http.put(`${wide.path}/result`, { json: { ...placed, apps } })).status).toBe(200);
    const request = exchangeExamples.CustomiseRequest;
    const variants = [{ clusters: keys, objects: [0] }];
    const deep = await openExchange('customise', { ...request, clusters, apps: [{ app: 'web', variants }] });
    const [object] = request.objects;
    const changes = keys.map((key) => ({ app: 'web', clusters: [key], put: [{ ...object, data: { greeting: key } }] }));
    const answer = await http.put(`${deep.path}/result`, {
      json: { ...exchangeExamples.CustomiseResult, changes, warnings: [] },
    });
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
  });
});

describe('the registration of a controller', () => {
  const register = (name: string, spec: object) =>
    http.put(`/v2/controllers/${name}`, { json: { metadata: { name }, spec }, headers: json });

  it('keeps EMCO’s form as it is, and takes a task queue with limits beside it', async () => {
    const emco = { host: 'dtc.emco', port: 9048, type: 'action', priority: 3 };
    expect(memberOf(await register('dtc', emco), 'spec')).toEqual(emco);
    const own = { ...emco, taskQueue: 'mine/queue.1', startWithinSeconds: 5, timeoutSeconds: 10, attempts: 2 };
    expect(memberOf(await register('mine', own), 'spec')).toEqual(own);
  });

  it.each([
    ['placement or action beside a task queue', 'odd', { type: 'service', taskQueue: 'q' }],
    ['since emco does its work itself', 'gac', { type: 'action', taskQueue: 'q' }],
    ["none of emco's (emco, render, git, apply, watch)", 'greedy', { type: 'action', taskQueue: 'render' }],
    ['spec.taskQueue beside attempts', 'idle', { type: 'action', host: 'h', attempts: 3 }],
    ['to match', 'blank', { type: 'action', taskQueue: 'with blank' }],
    ['at most 3600', 'slow', { type: 'action', taskQueue: 'q', timeoutSeconds: 86_400 }],
  ])('is refused without %s', async (words, name, spec) => {
    const answer = await register(name, spec);
    expect([answer.status, textOf(answer, 'detail')]).toEqual([400, expect.stringContaining(words)]);
  });
});

describe('a group whose intents name controllers', () => {
  it('is not instantiated when one of them cannot be called, and the answer says what to do', async () => {
    const seeded = await seedGroup(http, { project: 'nobody', apps: ['web'], clusters: ['c1'] });
    await approveGroup(http, seeded);
    await http.put('/v2/controllers/dtc', {
      json: { metadata: { name: 'dtc' }, spec: { host: 'dtc.emco', port: 9048, type: 'action', priority: 1 } },
    });
    const intent = { genericPlacementIntent: 'gpi', dtc: 'traffic' };
    const named = await http.put(`${seeded.path}/intents/i`, { json: { metadata: { name: 'i' }, spec: { intent } } });
    expect(named.status, named.text).toBe(200);
    const answer = await http.post(`${seeded.path}/instantiate`, { headers: json });
    expect([answer.status, textOf(answer, 'code')]).toEqual([400, 'reference-not-found']);
    expect(textOf(answer, 'detail')).toMatch(/controller dtc.*expected spec\.taskQueue.*found host dtc\.emco only/);
    const queue = { host: '', port: 0, type: 'action', priority: 1, taskQueue: 'traffic' };
    await http.put('/v2/controllers/dtc', { json: { metadata: { name: 'dtc' }, spec: queue } });
    expect((await http.post(`${seeded.path}/instantiate`)).status).toBe(202);
  });
});

describe('the published contract', () => {
  it('has examples that fit it', () => {
    for (const [name, example] of Object.entries(exchangeExamples)) {
      const schema = exchangeSchemas[name as keyof typeof exchangeExamples];
      expect(schema.safeParse(example), name).toMatchObject({ success: true });
    }
  });

  it('stands in docs/reference as it is (written anew: node test/support/write-contract.ts)', async () => {
    const file = join(repositoryRoot, 'docs', 'reference', 'controllers.v1.schema.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(toContractSchema());
  });
});
