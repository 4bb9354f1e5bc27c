import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
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

const accept = { Accept: 'application/json' };
const named = (name: string, spec?: object) => ({ metadata: { name }, ...(spec === undefined ? {} : { spec }) });

describe('a request to migrate', () => {
  it('is accepted when its target exists, is another group, is approved and can run; until the hand-over the source stays as it is', async () => {
    const group = await seedGroup(http, { project: 'migrate', apps: ['web'], clusters: ['c1'] });
    await approveGroup(http, group);
    await http.post(`${group.path}/instantiate`);
    const to = (targetCompositeAppVersion: string, targetDeploymentIntentGroup: string) => ({
      json: { metadata: {}, spec: { targetCompositeAppVersion, targetDeploymentIntentGroup } },
      headers: accept,
    });
    const migrate = (version: string, name: string) => http.post(`${group.path}/migrate`, to(version, name));
    expect((await http.post(`${group.path}/migrate`, { json: {} })).status).toBe(400);
    expect((await migrate('v9', 'g')).status).toBe(404);
    expect((await migrate('v1', 'g')).status).toBe(400);
    const groups = `${group.version}/deployment-intent-groups`;
    const spec = { compositeProfile: 'cp', version: 'r1', logicalCloud: 'lc', overrideValues: [] };
    await http.post(groups, { json: named('h', spec) });
    const created = await migrate('v1', 'h');
    expect([created.status, memberOf(created, 'title')]).toEqual([409, 'DeploymentIntentGroup is not approved :h']);
    expect(memberOf(created, 'errors.0.found')).toBe('Created, which allows approve, delete');
    await http.post(`${groups}/h/approve`);
    expect((await migrate('v1', 'h')).text).toContain('Intent not found');
    await http.post(`${groups}/h/intents`, { json: named('i', { intent: { genericPlacementIntent: 'gpi' } }) });
    await http.post(`${groups}/h/generic-placement-intents`, { json: named('gpi') });
    const allOf = [{ clusterProvider: 'migrate', cluster: 'c1' }];
    await http.post(`${groups}/h/generic-placement-intents/gpi/app-intents`, {
      json: named('web', { app: 'web', intent: { allOf } }),
    });
    expect((await http.get(`${group.path}/operations`)).json()).toHaveLength(1);
    const accepted = await migrate('v1', 'h');
    expect([accepted.status, accepted.text]).toEqual([202, '']);
    expect(api.control.submitted.at(-1)).toMatchObject({
      kind: 'migrate',
      payload: { targetVersion: 'v1', targetGroup: 'h' },
    });
    const states = await http.get(`${group.path}/status`);
    expect(memberOf(states, 'states.actions.2.state')).toBe('Instantiated');
    expect(memberOf(states, 'states.actions.3')).toBeUndefined();
  });

  it('is refused when it would leave a logical cloud of level 1, whose rights what runs there needs', async () => {
    const group = await seedGroup(http, { project: 'leave', apps: ['web'], clusters: ['c1'] });
    await approveGroup(http, group);
    await http.post(`${group.path}/instantiate`);
    const clouds = '/v2/projects/leave/logical-clouds';
    const user = { userName: 'u', type: 'certificate' };
    const own = await http.post(clouds, { json: named('own', { level: '1', namespace: 'own', user }) });
    expect([own.status, own.status === 201 ? '' : own.text]).toEqual([201, '']);
    await http.post(clouds, { json: named('other', { level: '0' }) });
    const groups = `${group.version}/deployment-intent-groups`;
    const migrate = async (logicalCloud: string) => {
      const spec = { compositeProfile: 'cp', version: 'r1', logicalCloud, overrideValues: [] };
      await http.post(groups, { json: named(`in-${logicalCloud}`, spec) });
      await http.post(`${groups}/in-${logicalCloud}/approve`);
      const json = {
        metadata: {},
        spec: { targetCompositeAppVersion: 'v1', targetDeploymentIntentGroup: `in-${logicalCloud}` },
      };
      return http.post(`${group.path}/migrate`, { json, headers: accept });
    };
    const refused = await migrate('own');
    expect([refused.status, memberOf(refused, 'title')]).toEqual([
      400,
      'A DeploymentIntentGroup of Logical Cloud lc cannot be migrated to one of Logical Cloud own',
    ]);
    expect(memberOf(refused, 'errors.0.found')).toBe('own');
    expect((await http.get(`${group.path}/operations`)).json()).toHaveLength(1);
    // Level 0 has no rights of its own, so that only the state of the other cloud counts.
    expect((await migrate('other')).text).toContain('The Logical Cloud has never been instantiated');
  });
});
