import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import { type Caller, makeCaller, memberOf, textOf } from '#test/support/api-client.ts';
import { makeChart } from '#test/support/make-archive.ts';
import { endNewest, freezePlan, moveAll } from '#test/support/roll-out.ts';
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

const json = { Accept: 'application/json' };
const named = (name: string, spec?: JsonObject): JsonObject => ({
  metadata: { name },
  ...(spec === undefined ? {} : { spec }),
});
const seed = (project: string, apps = ['web'], clusters = ['c1']) => seedGroup(http, { project, apps, clusters });

describe('the verbs of a group', () => {
  it('go from approval to deletion, write each operation and hand it to the workflow', async () => {
    const group = await seed('life');
    const planned = { store: database.store, group: group.key, provider: 'life', apps: ['web'], clusters: ['c1'] };
    await approveGroup(http, group);
    expect(api.control.starts.at(-1)).toMatchObject({ project: 'life', group: 'g' });
    const instantiated = await http.post(`${group.path}/instantiate`, { text: '' });
    expect([instantiated.status, instantiated.text]).toEqual([202, '']);
    expect(instantiated.headers['emco-revision']).toBe('1');
    await freezePlan(planned);
    await moveAll(planned, 'Ready');
    await endNewest(planned, 'done');
    const updated = await http.post(`${group.path}/update`);
    expect([updated.status, updated.text, updated.type]).toEqual([202, '2\n', 'application/json']);
    await freezePlan(planned);
    await endNewest(planned, 'done');
    const body = { metadata: { description: 'back' }, spec: { revision: '1' } };
    const rolledBack = await http.post(`${group.path}/rollback`, { json: body });
    expect([rolledBack.status, rolledBack.text]).toEqual([202, '']);
    await endNewest(planned, 'done');
    expect((await http.remove(group.path)).status).toBe(409);
    expect((await http.post(`${group.path}/terminate`)).status).toBe(202);
    const sent = api.control.submitted.filter(({ group: ref }) => ref.project === 'life');
    expect(sent.map(({ kind, payload }) => [kind, payload.revision, payload.recordedRevision])).toEqual([
      ['instantiate', undefined, 1],
      ['update', undefined, 2],
      ['rollback', 1, 3],
      ['terminate', undefined, 0],
    ]);
    const operations = await http.get(`${group.path}/operations`);
    expect(memberOf(operations, '0.kind')).toBe('terminate');
    expect(sent.at(-1)?.payload).not.toHaveProperty('deleteCrds');
    expect(memberOf(operations, '0.id')).toBe(sent.at(-1)?.payload.operationId);
    expect((await http.get(`${group.path}/operations/${textOf(operations, '0.id')}`)).status).toBe(200);
    expect((await http.get(`${group.path}/operations/nosuch`)).status).toBe(404);
  });

  it('refuse what the state forbids with 409, the state and what it allows', async () => {
    const group = await seed('states');
    const refused = await http.post(`${group.path}/instantiate`, { headers: json });
    expect(refused.status).toBe(409);
    expect(refused.json()).toMatchObject({
      title: 'DeploymentIntentGroup must be Approved before instantiatingg',
      code: 'transition-illegal',
      errors: [{ expected: 'a state that allows instantiate', found: 'Created, which allows approve, delete' }],
    });
    await approveGroup(http, group);
    await http.post(`${group.path}/instantiate`);
    const twice = await http.post(`${group.path}/instantiate`);
    expect(twice.text).toMatch(/^DeploymentIntentGroup has already been instantiatedg\nstate Instantiated, allowed: /);
    expect((await http.post(`${group.path}/approve`)).status).toBe(409);
    expect((await http.get(`${group.path}/instantiate`)).status).toBe(405);
    const put = await http.put(group.path, { json: (await http.get(group.path)).json() });
    expect([put.status, put.text]).toEqual([409, 'The specified DeploymentIntentGroup is not in Created status\n']);
  });

  it('act once for one Idempotency-Key, and refuse the key for another verb', async () => {
    const group = await seed('once');
    await approveGroup(http, group);
    const headers = { 'Idempotency-Key': 'deploy-7' };
    const first = await http.post(`${group.path}/instantiate`, { headers });
    const again = await http.post(`${group.path}/instantiate`, { headers });
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers['emco-operation-id']).toBe('deploy-7');
    const operations = await http.get(`${group.path}/operations`);
    expect(operations.json()).toHaveLength(1);
    expect((await http.post(`${group.path}/terminate`, { headers })).status).toBe(409);
    const bad = await http.post(`${group.path}/terminate`, { headers: { 'Idempotency-Key': 'no spaces' } });
    expect(bad.status).toBe(400);
  });

  it('keep the request when Temporal is away, say 503 and when to come again, and take it once', async () => {
    const group = await seed('away');
    await approveGroup(http, group);
    api.control.isAway = true;
    const headers = { 'Idempotency-Key': 'later-1', ...json };
    const away = await http.post(`${group.path}/instantiate`, { headers });
    expect([away.status, away.headers['retry-after']]).toEqual([503, '5']);
    expect(memberOf(away, 'code')).toBe('temporal-unavailable');
    expect(memberOf(await http.get(`${group.path}/operations`), '0.state')).toBe('requested');
    expect((await http.get('/readyz')).status).toBe(503);
    expect((await http.post(`${group.path}/approve`)).status).toBe(409);
    api.control.isAway = false;
    expect((await http.post(`${group.path}/instantiate`, { headers })).status).toBe(202);
    expect(api.control.submitted.filter(({ payload }) => payload.operationId === 'later-1')).toHaveLength(1);
    expect(memberOf(await http.get(`${group.path}/operations`), '1')).toBeUndefined();
  });

  it('approve without Temporal: the workflow starts later', async () => {
    const group = await seed('approve-away');
    api.control.isAway = true;
    expect((await http.post(`${group.path}/approve`)).status).toBe(202);
    api.control.isAway = false;
    expect(JSON.stringify(api.log)).toContain('group-not-started');
  });

  it('check a rollback: body, number, revision', async () => {
    const group = await seed('back');
    await approveGroup(http, group);
    await http.post(`${group.path}/instantiate`);
    const at = `${group.path}/rollback`;
    expect((await http.post(at)).text).toBe('Empty body\n');
    expect((await http.post(at, { json: { spec: { revision: 'abc' } } })).status).toBe(400);
    expect((await http.post(at, { json: { spec: { revision: 0 } } })).status).toBe(400);
    const unknown = await http.post(at, { json: { spec: { revision: 9 } }, headers: json });
    expect([unknown.status, memberOf(unknown, 'title')]).toEqual([404, 'No matching ContextId found']);
  });
});

describe('before a group is instantiated', () => {
  it('its mistakes are named at once, in the order of EMCO', async () => {
    const group = await seed('checks', ['web', 'db']);
    await http.post(`${group.path}/approve`);
    const instantiate = () => http.post(`${group.path}/instantiate`, { headers: json });
    const down = await instantiate();
    expect([down.status, memberOf(down, 'title')]).toEqual([409, 'The Logical Cloud has never been instantiated']);
    await http.post(`${group.cloud}/instantiate`);

    const dependency = (app: string, on: string) =>
      http.post(`${group.version}/apps/${app}/dependency`, {
        json: named(`${app}-${on}`, { app: on, opStatus: 'Ready' }),
      });
    await dependency('web', 'nosuch');
    expect(memberOf(await instantiate(), 'errors.0')).toMatchObject({ object: 'app web', found: 'no such app' });
    await http.remove(`${group.version}/apps/web/dependency/web-nosuch`);
    await dependency('web', 'db');
    // Two who write at the same moment may close a circle.
    const parent = `${group.version.slice('/v2'.length)}/apps/db` as DocumentKey; // a path is what a key is
    await database.store.documents.create(
      {
        key: `${parent}/dependency/db-web` as DocumentKey,
        kind: documentKinds.appDependency,
        parent,
        body: named('db-web', { app: 'web', opStatus: 'Ready' }),
        secrets: {},
        files: [],
        references: [],
      },
      { name: 'test' },
    );
    const cycle = await instantiate();
    expect([cycle.status, memberOf(cycle, 'title')]).toEqual([
      400,
      'Cyclic Dependency between apps found in composite app:ca',
    ]);
    expect(cycle.text).toContain('db');
    await http.remove(`${group.version}/apps/db/dependency/db-web`);

    const intents = `${group.path}/generic-placement-intents/gpi/app-intents`;
    await http.put(`${intents}/db`, {
      json: named('db', { app: 'db', intent: { allOf: [{ clusterProvider: 'checks', cluster: 'elsewhere' }] } }),
    });
    const outside = await instantiate();
    expect(memberOf(outside, 'title')).toBe("The specified Logical Cloud doesn't provide the mandatory clusters");
    expect(outside.text).toContain('cluster checks+elsewhere in the logical cloud');
    await http.remove(`${intents}/db`);
    const unplaced = await instantiate();
    expect([unplaced.status, memberOf(unplaced, 'errors.0.object')]).toEqual([422, 'app db']);
    await http.put(`${intents}/db`, {
      json: named('db', { app: 'db', intent: { anyOf: [{ clusterProvider: 'checks', clusterLabel: 'any' }] } }),
    });

    await http.put(`${group.path}/intents/i`, {
      json: named('i', { intent: { genericPlacementIntent: 'gpi', gac: 'x' } }),
    });
    expect((await instantiate()).text).toContain('generic-k8s-intent x');
    await http.put(`${group.path}/intents/i`, { json: named('i', { intent: {} }) });
    expect((await instantiate()).status).toBe(404);
    await http.put(`${group.path}/intents/i`, { json: named('i', { intent: { genericPlacementIntent: 'gpi' } }) });
    expect((await http.get(`${group.path}/operations`)).json()).toEqual([]);
    expect((await instantiate()).status).toBe(202);
  });
});

describe('a group that is deleted', () => {
  it('must be idle and without children; its workflow hears of it', async () => {
    const group = await seed('gone');
    await approveGroup(http, group);
    await http.post(`${group.path}/instantiate`);
    await http.post(`${group.path}/terminate`);
    const children = await http.remove(group.path, json);
    expect([children.status, memberOf(children, 'code')]).toEqual([409, 'has-children']);
    expect(memberOf(await http.get(`${group.path}/status`), 'states.actions.3.state')).toBe('Terminated');
    const gpi = `${group.path}/generic-placement-intents/gpi`;
    for (const path of [`${gpi}/app-intents/web`, gpi, `${group.path}/intents/i`]) {
      expect((await http.remove(path)).status, path).toBe(204);
    }
    const busy = await http.remove(group.path);
    expect([busy.status, busy.text.includes('no operation under way, found instantiate')]).toEqual([409, true]);
    for (const { operationId } of await database.store.groups.listOperations(group.key, 9)) {
      await database.store.groups.end(group.key, operationId, { state: 'done', message: '' });
    }
    expect((await http.remove(group.path)).status).toBe(204);
    expect(api.control.deletions.at(-1)).toMatchObject({ project: 'gone', group: 'g' });
    expect(await database.store.groups.find(group.key)).toBeNull();
  });
});

describe('a logical cloud', () => {
  it('comes up, grows, is kept while a group uses it, and goes', async () => {
    const group = await seed('cloud');
    expect(memberOf(await http.get(`${group.cloud}/status`), 'deployedStatus')).toBeUndefined();
    expect((await http.post(`${group.cloud}/terminate`)).status).toBe(409);
    expect((await http.post(`${group.cloud}/instantiate`)).status).toBe(202);
    const twice = await http.post(`${group.cloud}/instantiate`);
    expect([twice.status, twice.text.split('\n')[0]]).toEqual([409, 'The Logical Cloud is already instantiated']);
    expect((await http.remove(group.cloud)).status).toBe(409);
    expect((await http.post(`${group.cloud}/update`)).status).toBe(202);
    const status = await http.get(`${group.cloud}/status`);
    expect(memberOf(status, 'states.actions.2')).toMatchObject({ state: 'Updated', revision: 2 });
    expect([memberOf(status, 'deployedStatus'), memberOf(status, 'readyStatus')]).toEqual(['Instantiated', 'Ready']);
    await http.post(`${group.path}/approve`);
    expect((await http.post(`${group.path}/instantiate`)).status).toBe(202);
    const used = await http.post(`${group.cloud}/terminate`);
    expect(used.text).toBe('Found at least one DIG associated with Logical Cloud attempted to be terminated\n');
    await http.post(`${group.path}/terminate`);
    for (const { operationId } of await database.store.groups.listOperations(group.key, 9)) {
      await database.store.groups.end(group.key, operationId, { state: 'done', message: '' });
    }
    for (const path of [
      '/generic-placement-intents/gpi/app-intents/web',
      '/generic-placement-intents/gpi',
      '/intents/i',
      '',
    ]) {
      await http.remove(`${group.path}${path}`);
    }
    expect((await http.post(`${group.cloud}/stop`)).status).toBe(400);
    expect((await http.post(`${group.cloud}/terminate`)).status).toBe(202);
    expect(memberOf(await http.get(`${group.cloud}/status`), 'deployedStatus')).toBe('Terminated');
    expect((await http.remove(`${group.cloud}/cluster-references/c1`)).status).toBe(204);
    expect((await http.get(`${group.cloud}/cluster-references`)).status).toBe(400);
    expect((await http.remove(group.cloud)).status).toBe(204);
    await http.post('/v2/projects/cloud/logical-clouds', { json: named('lc', { level: '0' }) });
    expect(memberOf(await http.get(`${group.cloud}/status`), 'states.actions.1')).toBeUndefined();
  });

  it('is refused when a cluster that it names does not exist', async () => {
    await http.post('/v2/projects', { json: named('levels') });
    const clouds = '/v2/projects/levels/logical-clouds';
    for (const [name, level] of [
      ['one', '1'],
      ['zero', '0'],
    ]) {
      await http.post(clouds, { json: named(name ?? '', { level: level ?? '' }) });
      const reference = named('r', { clusterProvider: 'nosuch', cluster: 'c1' });
      await http.post(`${clouds}/${name}/cluster-references`, { json: reference });
    }
    const one = await http.post(`${clouds}/one/instantiate`);
    expect([one.status, one.text]).toEqual([400, 'It looks like the cluster provided as reference does not exist\n']);
    const missing = await http.post(`${clouds}/zero/instantiate`, { headers: json });
    expect([missing.status, memberOf(missing, 'code')]).toEqual([400, 'reference-not-found']);
  });
});

describe('the charts of apps', () => {
  it('may have any folder but need Chart.yaml in it', async () => {
    await seed('charts', []);
    const at = '/v2/projects/charts/composite-apps/ca/v1/apps';
    const chart = await makeChart('folder');
    expect((await http.post(at, { metadata: named('ok'), files: [['file', 'c.tgz', chart]] })).status).toBe(201);
    const file = await http.get(`${at}/ok`, { Accept: 'application/octet-stream' });
    expect(file.bytes.equals(chart)).toBe(true);
    const put = await http.put(`${at}/ok`, { metadata: named('other'), files: [['file', 'c.tgz', chart]] });
    expect([put.status, put.text]).toEqual([400, 'Mismatched name in PUT request\n']);
  });
});
