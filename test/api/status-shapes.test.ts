/** The texts of EMCO's status, member by member: order, omission, words. Ids and times are ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toClusterKey } from '#domain/group.ts';
import { isJsonObject } from '#domain/json.ts';
import { type Answer, type Caller, makeCaller, memberOf, textOf } from '#test/support/api-client.ts';
import { endNewest, freezePlan, moveAll, observeAll, type Planned } from '#test/support/roll-out.ts';
import { approveGroup, seedGroup, type SeededGroup } from '#test/support/seed-group.ts';
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

interface Running {
  readonly group: SeededGroup;
  readonly planned: Planned;
  readonly status: (query: string) => Promise<Answer>;
}

async function seed(project: string, clusters: readonly string[] = ['c1']): Promise<Running> {
  const apps = ['web'];
  const group = await seedGroup(http, { project, apps, clusters });
  const planned = { store: database.store, group: group.key, provider: project, apps, clusters };
  return { group, planned, status: (query) => http.get(`${group.path}/status?${query}`) };
}

async function start(project: string, clusters?: readonly string[]): Promise<Running> {
  const running = await seed(project, clusters);
  await approveGroup(http, running.group);
  await http.post(`${running.group.path}/instantiate`);
  return running;
}

/** Without the members that EMCO does not have, and with steady ids and times. */
function toEmcoText(answer: Answer): string {
  const body = answer.json();
  if (!isJsonObject(body)) throw new Error(`status: expected an object, found ${answer.text}`);
  const own = new Set(['revision', 'paused', 'operation', 'phases', 'messages']);
  const entries = Object.entries(body).filter(([name]) => !own.has(name));
  return JSON.stringify(Object.fromEntries(entries))
    .replaceAll(/"time":"[^"]+"/g, '"time":"T"')
    .replaceAll(/"\d{19}"/g, '"ID"');
}

const head = (project: string): string =>
  `{"project":"${project}","compositeApp":"ca","compositeAppVersion":"v1","compositeProfile":"cp","name":"g"`;
const action = (state: string, instance: string, revision: number): string =>
  `{"state":"${state}","instance":"${instance}","time":"T","revision":${revision}}`;
const created = [action('Created', '', 0)];
const instantiated = [...created, action('Approved', '', 0), action('Instantiated', 'ID', 1)];
const states = (context: string, actions: readonly string[]): string =>
  `"states":{"statusctxid":"${context}","actions":[${actions.join()}]}`;

const gvk = (kind: string): string => `"GVK":{"Group":"","Version":"v1","Kind":"${kind}"}`;
const details = {
  'web-cm': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web-cm","namespace":"ns"},"data":{"a":"b"}}',
  'web-key':
    '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"web-key","namespace":"ns"},"stringData":{"k":"(redacted)"}}',
} as const;

interface Shape {
  readonly query: string;
  readonly top: string;
  readonly cluster: string;
  readonly resource: string;
}

const shapes: readonly Shape[] = [
  {
    query: 'status=deployed',
    top: '"deployedStatus":"Instantiated","deployedCounts":{"Applied":2}',
    cluster: '"connectivity":"Available"',
    resource: '"deployedStatus":"Applied"',
  },
  {
    query: 'status=ready',
    top: '"deployedStatus":"Instantiated","readyStatus":"Ready","readyCounts":{"Ready":2}',
    cluster: '"connectivity":"Available"',
    resource: '"readyStatus":"Ready"',
  },
  {
    query: 'type=rsync',
    top: '"status":"Instantiated","rsyncStatus":{"Applied":2}',
    cluster: '"readyStatus":"Available"',
    resource: '"rsyncStatus":"Applied"',
  },
  {
    query: 'type=cluster',
    top: '"status":"Instantiated","readyStatus":"Ready","clusterStatus":{"Ready":2}',
    cluster: '"readyStatus":"Available"',
    resource: '"clusterStatus":"Ready"',
  },
];

function toApps(project: string, { cluster, resource }: Shape, isDetailed: boolean): string {
  const detail = (name: keyof typeof details) => (isDetailed ? `"detail":${details[name]},` : '');
  const one = (kind: string, name: keyof typeof details) =>
    `{${gvk(kind)},"name":"${name}",${detail(name)}${resource}}`;
  const resources = `"resources":[${one('ConfigMap', 'web-cm')},${one('Secret', 'web-key')}]`;
  return `"apps":[{"name":"web","clusters":[{"clusterProvider":"${project}","cluster":"c1",${cluster},${resources}}]}]`;
}

describe('the shapes of a status', () => {
  it.each(shapes)('are those of EMCO for ?$query in summary, all and detail', async (shape) => {
    const project = shape.query.replace('=', '-');
    const { planned, status } = await start(project);
    await freezePlan(planned);
    await moveAll(planned, 'Ready');
    await observeAll(planned, 'Current');
    await database.store.plans.setConnectivity(toClusterKey({ provider: project, cluster: 'c1' }), 'Available', '');
    await endNewest(planned, 'done');
    const top = `${head(project)},${states('ID', instantiated)},${shape.top}`;
    expect(toEmcoText(await status(`${shape.query}&output=summary`))).toBe(`${top}}`);
    expect(toEmcoText(await status(shape.query))).toBe(`${top},${toApps(project, shape, false)}}`);
    expect(toEmcoText(await status(`${shape.query}&output=all`))).toBe(`${top},${toApps(project, shape, false)}}`);
    expect(toEmcoText(await status(`${shape.query}&output=detail`))).toBe(`${top},${toApps(project, shape, true)}}`);
  });

  it('without status and type are those of type=rsync, and type is ignored beside status', async () => {
    const { planned, status } = await start('default');
    await freezePlan(planned);
    expect((await status('')).text).toBe((await status('type=rsync')).text);
    expect((await status('status=deployed&type=nonsense')).text).toBe((await status('status=deployed')).text);
  });

  it('hold the states alone before the first instance, whatever is asked for', async () => {
    const { status } = await seed('before');
    const only = `${head('before')},${states('', created)}}`;
    for (const { query } of shapes) {
      for (const output of ['summary', 'all', 'detail']) {
        expect(toEmcoText(await status(`${query}&output=${output}`))).toBe(only);
      }
    }
    expect((await status('apps')).text).toBe(`${head('before')},"apps":[]}\n`);
    expect((await status('clusters')).text).toBe(`${head('before')},"clustersByApp":[]}\n`);
    expect((await status('resources')).text).toBe(`${head('before')},"resourcesByApp":[]}\n`);
  });

  it('of the flags are lists, apps before clusters before resources, with their filters', async () => {
    const { planned, status } = await start('flags', ['c1', 'c2']);
    await freezePlan(planned);
    const apps = `${head('flags')},"apps":["web"]}\n`;
    expect((await status('apps')).text).toBe(apps);
    expect((await status('resources&clusters&apps=false')).text).toBe(apps);
    const place = (name: string) => `"clusterProvider":"flags","cluster":"${name}"`;
    expect((await status('resources&clusters')).text).toBe(
      `${head('flags')},"clustersByApp":[{"app":"web","clusters":[{${place('c1')}},{${place('c2')}}]}]}\n`,
    );
    const one = (kind: string, name: string) => `{"name":"${name}",${gvk(kind)}}`;
    expect((await status('resources&cluster=flags%2Bc2&app=web')).text).toBe(
      `${head('flags')},"resourcesByApp":[{"app":"web",${place('c2')},"resources":[${one('ConfigMap', 'web-cm')},${one('Secret', 'web-key')}]}]}\n`,
    );
  });

  it('leave out what a filter leaves empty', async () => {
    const { planned, status } = await start('nothing');
    await freezePlan(planned);
    const empty = `${head('nothing')},${states('ID', instantiated)},"deployedStatus":"Instantiating"}`;
    for (const output of ['summary', 'all', 'detail']) {
      expect(toEmcoText(await status(`status=deployed&cluster=no%2Bsuch&output=${output}`))).toBe(empty);
    }
    const one = await status('status=deployed&resource=none&output=summary');
    expect(toEmcoText(one)).toBe(empty);
  });
});

describe('the words of a status', () => {
  it('say Pending and Retrying for a cluster that does not answer, Applied for the others', async () => {
    const { planned, status } = await start('offline', ['c1', 'c2']);
    await freezePlan(planned);
    await moveAll({ ...planned, clusters: ['c1'] }, 'Ready');
    await database.store.plans.setConnectivity(
      toClusterKey({ provider: 'offline', cluster: 'c2' }),
      'Retrying',
      'connection refused',
    );
    const answer = await status('status=deployed');
    expect(memberOf(answer, 'deployedStatus')).toBe('Instantiating');
    expect(JSON.stringify(memberOf(answer, 'deployedCounts'))).toBe('{"Applied":2,"Pending":2}');
    expect(memberOf(answer, 'apps.0.clusters.1.connectivity')).toBe('Retrying');
    expect(memberOf(answer, 'messages')).toEqual([
      { app: 'web', cluster: 'offline+c2', phase: 'Pending', message: 'connection refused' },
    ]);
  });

  it('say Terminated and Deleted at the end, and drop what no longer is', async () => {
    const { group, planned, status } = await start('ended');
    await freezePlan(planned);
    await moveAll(planned, 'Ready');
    await endNewest(planned, 'done');
    const instance = textOf(await status(''), 'states.statusctxid');
    await http.post(`${group.path}/terminate`);
    const [operation] = await planned.store.groups.listOperations(group.key, 1);
    if (operation === undefined) throw new Error('expected a terminate, found none');
    const { operationId, number } = operation;
    await planned.store.groups.begin(group.key, operationId);
    const ending = { group: group.key, operationId, operation: number, revision: 0, instance, plan: null };
    await planned.store.plans.freeze({ ...ending, rolledBackTo: null });
    await moveAll(planned, 'Removed');
    await endNewest(planned, 'done');
    const answer = await status('status=deployed');
    expect(memberOf(answer, 'deployedStatus')).toBe('Terminated');
    expect(memberOf(answer, 'deployedCounts')).toEqual({ Deleted: 2 });
    expect(memberOf(answer, 'apps.0.clusters.0.resources.0.deployedStatus')).toBe('Deleted');
    expect(memberOf(await status('status=ready&output=summary'), 'readyCounts')).toBeUndefined();
    await planned.store.plans.dropRemoved(group.key);
    expect(memberOf(await status('status=deployed&output=summary'), 'deployedCounts')).toBeUndefined();
  });

  it('of a summary are counted as those of all, in every phase and health, with CRDs', async () => {
    const running = await start('counted', ['c1', 'c2']);
    const planned = { ...running.planned, withCrds: true };
    await freezePlan(planned);
    const phases = ['Handed', 'CrdsCommitted', 'Committed', 'Deployed', 'Ready', 'Failed', 'Removing'] as const;
    for (const health of ['Current', 'InProgress', 'NotFound'] as const) {
      await observeAll(planned, health);
      for (const phase of phases) {
        await moveAll({ ...planned, clusters: ['c2'] }, phase);
        for (const [query, counts] of [
          ['status=deployed', 'deployedCounts'],
          ['status=ready', 'readyCounts'],
          ['status=ready&cluster=counted%2Bc2', 'readyCounts'],
          ['status=ready&app=web', 'readyCounts'],
        ]) {
          const summary = await running.status(`${query}&output=summary`);
          const all = await running.status(`${query}`);
          expect(memberOf(summary, counts ?? ''), `${query} ${phase} ${health}`).toEqual(memberOf(all, counts ?? ''));
          expect(memberOf(summary, 'readyStatus')).toBe(memberOf(all, 'readyStatus'));
        }
      }
    }
  });
});
