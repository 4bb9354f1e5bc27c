import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCloudKey } from '#domain/group.ts';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
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

const named = (name: string, spec?: object) => ({ metadata: { name }, ...(spec === undefined ? {} : { spec }) });

interface Seed {
  readonly namespace?: string;
  readonly userName?: string;
  /** Namespace of the only permission; absent: there is none. */
  readonly permission?: string;
}

async function seed(project: string, { namespace = 'shop', userName = 'user-1', permission = 'shop' }: Seed = {}) {
  await http.post('/v2/cluster-providers', { json: named(project) });
  const gitOps = { gitOpsType: 'fluxcd' };
  await http.post(`/v2/cluster-providers/${project}/clusters`, { metadata: named('c1', { gitOps }) });
  await http.post('/v2/projects', { json: named(project) });
  const clouds = `/v2/projects/${project}/logical-clouds`;
  const cloud = `${clouds}/lc`;
  const user = { userName, type: 'certificate' };
  expect((await http.post(clouds, { json: named('lc', { namespace, user }) })).status).toBe(201);
  const reference = named('r1', { clusterProvider: project, cluster: 'c1' });
  expect((await http.post(`${cloud}/cluster-references`, { json: reference })).status).toBe(201);
  if (permission !== 'none') {
    const own = { namespace: permission, apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    expect((await http.post(`${cloud}/user-permissions`, { json: named('own', own) })).status).toBe(201);
  }
  return { cloud, key: toCloudKey(project, 'lc') };
}

const first = (text: string): string => text.split('\n')[0] ?? '';

async function end(key: ReturnType<typeof toCloudKey>, state: 'done' | 'failed'): Promise<void> {
  const [newest] = await database.store.groups.listOperations(key, 1);
  if (newest !== undefined) await database.store.groups.end(key, newest.operationId, { state, message: '' });
}

describe('a level 1 logical cloud', () => {
  it('is handed to a workflow of its own and passes through EMCO’s states', async () => {
    const { cloud, key } = await seed('life');
    expect(memberOf(await http.get(`${cloud}/status`), 'states.actions')).toMatchObject([{ state: 'Created' }]);
    expect((await http.get(`${cloud}/cluster-references/r1/kubeconfig`)).status).toBe(409);
    const up = await http.post(`${cloud}/instantiate`, { headers: { 'Idempotency-Key': 'one' } });
    expect([up.status, up.text, up.headers['emco-revision']]).toEqual([202, '', '1']);
    expect(api.control.submitted.at(-1)).toMatchObject({
      group: { project: 'life', compositeApp: '', version: '', group: 'lc' },
      kind: 'instantiate',
    });
    expect((await http.post(`${cloud}/instantiate`, { headers: { 'Idempotency-Key': 'one' } })).status).toBe(202);
    const again = await http.post(`${cloud}/instantiate`);
    expect([again.status, first(again.text)]).toEqual([409, 'The Logical Cloud is already instantiating']);
    await end(key, 'done');
    expect((await http.get(`${cloud}/operations`)).json()).toMatchObject([{ id: 'one', kind: 'instantiate' }]);
    expect(first((await http.post(`${cloud}/instantiate`)).text)).toBe('The Logical Cloud is already instantiated');
    expect((await http.post(`${cloud}/update`)).status).toBe(202);
    await end(key, 'done');
    const status = await http.get(`${cloud}/status?status=deployed`);
    expect(memberOf(status, 'states.actions')).toMatchObject([
      { state: 'Created', revision: 0 },
      { state: 'Instantiated', revision: 1 },
      { state: 'Updated', revision: 2 },
    ]);
    expect([memberOf(status, 'name'), memberOf(status, 'compositeApp')]).toEqual(['lc', undefined]);
    expect(first((await http.remove(cloud)).text)).toBe('The Logical Cloud is instantiated, please terminate first');
    expect((await http.post(`${cloud}/terminate`)).status).toBe(202);
    expect(first((await http.post(`${cloud}/terminate`)).text)).toBe('The Logical Cloud is already being terminated');
    expect(first((await http.remove(cloud)).text)).toBe(
      "The Logical Cloud can't be deleted yet, it is being terminated",
    );
    await end(key, 'done');
    const children = await http.remove(cloud);
    expect([children.status, (await database.store.groups.find(key))?.state]).toEqual([409, 'Terminated']);
    for (const child of ['user-permissions/own', 'cluster-references/r1']) await http.remove(`${cloud}/${child}`);
    expect((await http.remove(cloud)).status).toBe(204);
    expect(await database.store.groups.find(key)).toBeNull();
    expect(api.control.deletions.at(-1)).toMatchObject({ project: 'life', group: 'lc' });
  });

  it('can be stopped while something is under way, and answers 200', async () => {
    const { cloud, key } = await seed('stopping');
    expect(first((await http.post(`${cloud}/stop`)).text)).toBe('LogicalCloud has not been asked to instantiate: lc');
    await http.post(`${cloud}/instantiate`);
    expect((await http.post(`${cloud}/stop`)).status).toBe(200);
    await end(key, 'done');
    const twice = await http.post(`${cloud}/stop`);
    expect([twice.status, first(twice.text)]).toEqual([409, 'LogicalCloud instantiation already stopped: lc']);
    expect(first((await http.post(`${cloud}/instantiate`)).text)).toMatch(/has failed instantiating before/);
    expect((await http.post(`${cloud}/terminate`)).status).toBe(202);
  });

  it.each<[string, Seed, readonly [number, RegExp]]>([
    ['no-permission', { permission: 'none' }, [409, /require a User Permission assigned to its primary namespace/]],
    [
      'other-permission',
      { permission: 'elsewhere' },
      [409, /require a User Permission assigned to its primary namespace/],
    ],
    ['no-namespace', { namespace: '' }, [400, /a namespace and a user of their own/]],
    ['kube', { namespace: 'kube-system', permission: 'kube-system' }, [400, /a namespace and a user of their own/]],
    ['no-user', { userName: '' }, [400, /a namespace and a user of their own/]],
    ['system-user', { userName: 'system:admin' }, [400, /a namespace and a user of their own/]],
  ])('is refused at once with a mistake in its documents (%s)', async (project, mistake, [status, text]) => {
    const { cloud, key } = await seed(project, mistake);
    const answer = await http.post(`${cloud}/instantiate`);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(text)]);
    expect(await database.store.groups.find(key)).toBeNull();
  });

  it('keeps what it runs by while it is up, and its references while it is changing', async () => {
    const { cloud, key } = await seed('changing');
    await http.post(`${cloud}/instantiate`);
    const reference = named('r2', { clusterProvider: 'changing', cluster: 'c1' });
    const early = await http.post(`${cloud}/cluster-references`, { json: reference });
    expect([early.status, first(early.text)]).toEqual([
      409,
      'Cluster References cannot be added/removed unless the Logical Cloud is fully Instantiated or Terminated',
    ]);
    expect(first((await http.remove(`${cloud}/cluster-references/r1`)).text)).toMatch(/is instantiating, please wait/);
    const user = { userName: 'user-1', type: 'certificate' };
    const put = (spec: object) => http.put(cloud, { json: named('lc', { user, namespace: 'shop', ...spec }) });
    expect((await put({ namespace: 'other' })).status).toBe(409);
    expect((await put({ level: '0' })).status).toBe(409);
    expect((await put({ labels: { tier: 'gold' } })).status).toBe(201);
    await end(key, 'done');
    expect((await http.post(`${cloud}/cluster-references`, { json: reference })).status).toBe(201);
    expect((await http.remove(`${cloud}/cluster-references/r2`)).status).toBe(204);
    await http.post(`${cloud}/update`);
    await end(key, 'failed');
    expect(first((await http.remove(`${cloud}/cluster-references/r1`)).text)).toMatch(/has failed instantiating/);
  });

  it('has quotas from EMCO’s list only, each a quantity', async () => {
    const { cloud } = await seed('quotas');
    const post = (name: string, spec: object) => http.post(`${cloud}/cluster-quotas`, { json: named(name, spec) });
    expect((await post('good', { 'limits.memory': '1000Gi', 'count/jobs.batch': '5' })).status).toBe(201);
    expect((await post('bad', { pods: 'many' })).status).toBe(400);
  });
});
