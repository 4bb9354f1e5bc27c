import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '#domain/json.ts';
import type { Store } from '#domain/ports/store.ts';
import { type Answer, type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { endNewest, freezePlan, moveAll, observeAll, type Planned } from '#test/support/roll-out.ts';
import { approveGroup, seedGroup, type SeededGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
let opened = 0;

beforeAll(async () => {
  database = await startTestStore();
  const { blobs } = database.store;
  // Counts how many blobs a status opens.
  const counting: Store = {
    ...database.store,
    blobs: {
      ...blobs,
      get: (address) => {
        opened += 1;
        return blobs.get(address);
      },
      getMany: (addresses) => {
        opened += addresses.length;
        return blobs.getMany(addresses);
      },
    },
  };
  api = await startTestApi(counting);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

interface Running {
  readonly group: SeededGroup;
  readonly planned: Planned;
  readonly status: (query?: string) => Promise<Answer>;
}

async function start(project: string, apps = ['db', 'web'], clusters = ['c1', 'c2']): Promise<Running> {
  const group = await seedGroup(http, { project, apps, clusters });
  await approveGroup(http, group);
  await http.post(`${group.path}/instantiate`);
  const planned = { store: database.store, group: group.key, provider: project, apps, clusters };
  return { group, planned, status: (query = '') => http.get(`${group.path}/status${query}`) };
}

const statusOf = (answer: Answer): Json | undefined => memberOf(answer, 'deployedStatus');

describe('the status of a group', () => {
  it('is known right after the 202, and follows the roll-out', async () => {
    const { planned, status, group } = await start('follow');
    const seen: (Json | undefined)[] = [];
    const look = async () => seen.push(statusOf(await status('?status=deployed&output=summary')));
    await look();
    await freezePlan(planned);
    await look();
    await moveAll(planned, 'Committed');
    await look();
    await endNewest(planned, 'done');
    await http.post(`${group.path}/terminate`);
    await look();
    await endNewest(planned, 'failed', 'cluster c1 does not answer');
    await look();
    expect(seen).toEqual(['Instantiating', 'Instantiating', 'Instantiated', 'Terminating', 'TerminateFailed']);
    const last = await status();
    expect(memberOf(last, 'operation')).toMatchObject({ kind: 'terminate', message: 'cluster c1 does not answer' });
  });

  it('shows apps, clusters and resources in the order and words of EMCO', async () => {
    const { planned, status } = await start('words', ['web'], ['c1']);
    await freezePlan(planned);
    await moveAll(planned, 'Committed');
    const answer = await status('?status=deployed');
    expect(Object.keys(answer.json() ?? {}).slice(0, 9)).toEqual([
      'project',
      'compositeApp',
      'compositeAppVersion',
      'compositeProfile',
      'name',
      'states',
      'deployedStatus',
      'deployedCounts',
      'apps',
    ]);
    expect(memberOf(answer, 'deployedCounts')).toEqual({ Applied: 2 });
    expect(memberOf(answer, 'apps')).toEqual([
      {
        name: 'web',
        clusters: [
          {
            clusterProvider: 'words',
            cluster: 'c1',
            connectivity: 'Unknown',
            resources: [
              { GVK: { Group: '', Version: 'v1', Kind: 'ConfigMap' }, name: 'web-cm', deployedStatus: 'Applied' },
              { GVK: { Group: '', Version: 'v1', Kind: 'Secret' }, name: 'web-key', deployedStatus: 'Applied' },
            ],
          },
        ],
      },
    ]);
    const old = await status();
    expect([memberOf(old, 'status'), memberOf(old, 'rsyncStatus')]).toEqual(['Instantiated', { Applied: 2 }]);
    expect(memberOf(old, 'apps.0.clusters.0.readyStatus')).toBe('Unknown');
    expect(memberOf(old, 'apps.0.clusters.0.resources.0.rsyncStatus')).toBe('Applied');
    const cluster = await status('?type=cluster');
    expect([memberOf(cluster, 'readyStatus'), memberOf(cluster, 'clusterStatus')]).toEqual([
      'NotReady',
      { NotPresent: 1 },
    ]);
  });

  it('counts health only once the new content is deployed', async () => {
    const { planned, status } = await start('health', ['web'], ['c1']);
    await freezePlan(planned);
    await moveAll(planned, 'Committed');
    await observeAll(planned, 'Current');
    const early = await status('?status=ready&output=summary');
    expect([memberOf(early, 'readyStatus'), memberOf(early, 'readyCounts')]).toEqual(['NotReady', { NotReady: 2 }]);
    await moveAll(planned, 'Deployed');
    const ready = await status('?status=ready&output=summary');
    expect([memberOf(ready, 'readyStatus'), memberOf(ready, 'readyCounts')]).toEqual(['Ready', { Ready: 2 }]);
    await observeAll(planned, 'Failed');
    expect(memberOf(await status('?status=ready'), 'readyStatus')).toBe('NotReady');
  });

  it('opens no blob for a summary, and leaves the values of Secrets out of details', async () => {
    const { planned, status } = await start('blobs');
    await freezePlan(planned);
    opened = 0;
    const summary = await status('?status=deployed&output=summary');
    expect([opened, memberOf(summary, 'apps'), memberOf(summary, 'deployedCounts')]).toEqual([
      0,
      undefined,
      { Pending: 8 },
    ]);
    const detail = await status('?status=deployed&output=detail&app=web&cluster=blobs%2Bc1');
    expect(memberOf(detail, 'apps.0.clusters.0.resources.0.detail.data')).toEqual({ a: 'b' });
    expect(memberOf(detail, 'apps.0.clusters.0.resources.1.detail.stringData')).toEqual({ k: '(redacted)' });
    expect(detail.text).not.toContain('hidden-7');
  });

  it('filters by app, cluster and resource, and lists names alone', async () => {
    const { planned, status } = await start('filters');
    await freezePlan(planned);
    const one = await status('?status=deployed&app=web&cluster=filters%2Bc2&resource=web-cm');
    expect(memberOf(one, 'deployedCounts')).toEqual({ Pending: 1 });
    expect(memberOf(one, 'apps.0.clusters.0.cluster')).toBe('c2');
    const two = await status('?status=deployed&output=summary&app=web&app=db&cluster=filters%2Bc1');
    expect(memberOf(two, 'deployedCounts')).toEqual({ Pending: 4 });
    const apps = await status('?apps');
    expect([memberOf(apps, 'apps'), memberOf(apps, 'states')]).toEqual([['db', 'web'], undefined]);
    expect(memberOf(await status('?clusters&app=db'), 'clustersByApp')).toEqual([
      {
        app: 'db',
        clusters: [
          { clusterProvider: 'filters', cluster: 'c1' },
          { clusterProvider: 'filters', cluster: 'c2' },
        ],
      },
    ]);
    expect(memberOf(await status('?resources'), 'resourcesByApp.0.resources.0')).toEqual({
      name: 'db-cm',
      GVK: { Group: '', Version: 'v1', Kind: 'ConfigMap' },
    });
  });

  it.each([
    ['status=x', 'Invalid query status'],
    ['type=x', 'Invalid query type'],
    ['output=x', 'Invalid query output'],
    ['instance=', 'Invalid query instance'],
    ['instance=12', 'No state information for 12'],
    ['app=', 'Invalid app query'],
    ['app=zz', 'Filter app zz not in list of apps for composite app ca'],
    ['cluster=c1', 'Invalid cluster query'],
    ['cluster=p+c1', 'Invalid cluster query'],
    ['resource=', 'Invalid resources query'],
  ])('refuses ?%s with 400 and %s', async (query, text) => {
    const answer = await http.get(
      `/v2/projects/filters/composite-apps/ca/v1/deployment-intent-groups/g/status?${query}`,
    );
    expect([answer.status, answer.text]).toEqual([400, `${text}\n`]);
  });

  it('of an earlier instance shows what of it still runs', async () => {
    const { planned, status, group } = await start('earlier', ['web'], ['c1', 'c2']);
    await freezePlan(planned);
    await moveAll(planned, 'Ready');
    await endNewest(planned, 'done');
    const first = memberOf(await status(), 'states.statusctxid');
    await http.post(`${group.path}/update`);
    await freezePlan({ ...planned, clusters: ['c1'] });
    const earlier = await status(`?status=deployed&instance=${JSON.stringify(first).slice(1, -1)}`);
    expect(statusOf(earlier)).toBe('Updated');
    expect(memberOf(earlier, 'deployedCounts')).toEqual({ Applied: 4 });
    expect(memberOf(earlier, 'apps.0.clusters.1')).toMatchObject({
      cluster: 'c2',
      resources: [{ name: 'web-cm', deployedStatus: 'Applied' }, {}],
    });
    await moveAll({ ...planned, clusters: ['c2'] }, 'Removed');
    const left = await status(`?status=deployed&instance=${JSON.stringify(first).slice(1, -1)}&output=summary`);
    expect([memberOf(left, 'deployedCounts'), memberOf(left, 'revision')]).toEqual([{ Applied: 2, Deleted: 2 }, 1]);
    const present = await status('?status=deployed&output=summary');
    expect(memberOf(present, 'revision')).toBe(2);
  });
});

describe('the plan of a group', () => {
  it('tells waves, placement with reasons and what clusters share, by revision', async () => {
    const { planned, group } = await start('plans');
    expect((await http.get(`${group.path}/plan`)).status).toBe(404);
    await freezePlan(planned);
    const plan = await http.get(`${group.path}/plan?revision=1`);
    expect(memberOf(plan, 'waves.0.apps.1.app')).toBe('web');
    expect(memberOf(plan, 'placement.0.clusters.0')).toMatchObject({ cluster: 'c1', reason: 'allOf cluster plans+c1' });
    expect(memberOf(plan, 'bundles.0')).toMatchObject({ app: 'db', clusters: 2, objects: 2, hasSecret: true });
    expect(memberOf(plan, 'clusters.0.delivery')).toEqual({ by: 'git', provider: 'fluxcd', branch: 'main' });
    expect(memberOf(await http.get(`${group.path}/revisions`), '0.counts.targets')).toBe(4);
    expect(memberOf(await http.get(`${group.path}/revisions/1`), 'revision')).toBe(1);
    expect((await http.get(`${group.path}/plan?revision=9`)).status).toBe(404);
    expect((await http.get(`${group.path}/plan?revision=x`)).status).toBe(400);
  });
});
