import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberOf, textOf } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { eventually } from '#test/support/eventually.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type AppSeed, makeAppChart, seedCloud, seedFleet, seedGroup, toGroupPath } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import { expectSoundHistory, readOwnCommits } from './invariants.ts';

const clusters = ['c1', 'c2'];

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider: 'edge', clusters, repository });
  git = await openGitReader({ url: emco.git, token: emco.gitToken });
});
afterAll(async () => {
  await git?.close();
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

const names = (project: string, version: string) => ({ project, compositeApp: 'ca', version, group: `of-${version}` });
const drive = (project: string, version: string): GroupDriver => driveGroup(emco, names(project, version));

const app = async (name: string, text: string, after: readonly string[] = []): Promise<AppSeed> => ({
  name,
  chart: await makeAppChart(name, { values: { text } }),
  after,
});

/** `db` is the same in both versions, `web` differs, `old` is of the first only and `new` of the second. */
async function seedBoth(project: string): Promise<void> {
  await seedCloud(emco.call, { project, cloud: 'lc', provider: 'edge', clusters });
  const rest = { provider: 'edge', cloud: 'lc', release: project };
  const [db, old] = [await app('db', 'same'), await app('old', 'one')];
  const first = [db, await app('web', 'one', ['db']), old];
  const second = [db, await app('web', 'two', ['db']), await app('new', 'two')];
  await seedGroup(emco.call, { ...names(project, 'v1'), ...rest, apps: first });
  await seedGroup(emco.call, { ...names(project, 'v2'), ...rest, apps: second });
  for (const version of ['v1', 'v2']) await drive(project, version).verb('approve');
}

const to = (version: string): object => ({
  metadata: { description: 'move' },
  spec: { targetCompositeAppVersion: version, targetDeploymentIntentGroup: `of-${version}` },
});

const readStatus = (group: GroupDriver) => emco.call.get(`${group.path}/status?status=deployed`);

async function readFiles(gid: string): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await git.files())].filter(([path]) => path.includes(gid)).toSorted());
}

/** Names of the apps whose folders differ. */
function toChangedApps(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => path.startsWith('deploy/') && before.get(path) !== after.get(path));
  return [...new Set(changed.map((path) => path.split('/')[3] ?? ''))].toSorted();
}

describe('a migration between two versions', () => {
  const [source, target] = [() => drive('moved', 'v1'), () => drive('moved', 'v2')];
  let gid = '';
  let first: ReadonlyMap<string, string>;

  it('moves only what differs, under the labels and folders that the source had', { timeout: 120_000 }, async () => {
    await seedBoth('moved');
    await source().run('instantiate', 'm-1');
    gid = textOf(await readStatus(source()), 'states.statusctxid');
    first = await readFiles(gid);
    await source().run('migrate', 'm-2', to('v2'));
    expect(await target().ended('m-2')).toMatchObject({ kind: 'migrate', state: 'done', revision: 2 });
    expect(toChangedApps(first, await readFiles(gid))).toEqual(['new', 'old', 'web']);
    const written = (await readOwnCommits(git)).filter(({ trailers }) => trailers['Emco-Operation'] === 'm-2');
    expect(written.map(({ trailers }) => trailers['Emco-Group'])).toEqual(
      written.map(() => toGroupPath(names('moved', 'v2')).slice('/v2'.length)),
    );
    await expectSoundHistory(git);
  });

  it('is seen in both groups', async () => {
    const [one, other] = [await readStatus(source()), await readStatus(target())];
    const last = (answer: typeof one) => (memberOf(answer, 'states.actions') as readonly object[]).at(-1);
    expect(last(one)).toMatchObject({ state: 'Updated', revision: 1 });
    expect(last(other)).toMatchObject({ state: 'Instantiated', revision: 2 });
    expect([memberOf(one, 'deployedStatus'), memberOf(other, 'deployedStatus')]).toEqual(['Updated', 'Instantiated']);
    expect(textOf(other, 'states.statusctxid')).toBe(gid);
    const [operation] = await source().operations();
    expect(operation).toMatchObject({ id: 'm-2', state: 'done', migrateTo: { version: 'v2', group: 'of-v2' } });
    expect((await source().verb('terminate')).status).toBe(409);
  });

  it('can be taken back by rolling the target back to a revision of the source', { timeout: 60_000 }, async () => {
    await target().run('rollback', 'm-3', { spec: { revision: '1' } });
    expect(await readFiles(gid)).toEqual(first);
    await target().run('rollback', 'm-4', { spec: { revision: '2' } });
  });

  it('leaves a source that lives on by itself, under a gid of its own', { timeout: 90_000 }, async () => {
    await source().verb('approve');
    await source().verb('instantiate', { id: 'm-5' });
    const refused = await source().ended('m-5');
    expect(refused).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('/v2/deployment-intent-groups'),
    });
    await source().run('terminate', 'm-6');
    await target().run('terminate', 'm-7');
    expect(await readFiles(gid)).toEqual(new Map());
    await source().run('instantiate', 'm-8');
    expect(textOf(await readStatus(source()), 'states.statusctxid')).not.toBe(gid);
    await source().run('terminate', 'm-9');
  });
});

describe('a migration that cannot be', () => {
  it('leaves the source running, untouched, and can be tried again', { timeout: 120_000 }, async () => {
    await seedBoth('kept');
    const [source, target] = [drive('kept', 'v1'), drive('kept', 'v2')];
    await source.run('instantiate', 'k-1');
    const gid = textOf(await readStatus(source), 'states.statusctxid');
    const before = await readFiles(gid);
    const apps = `${toGroupPath(names('kept', 'v2')).replace(/\/deployment-intent-groups.*/, '')}/apps`;
    const put = async (chart: Uint8Array): Promise<void> => {
      const files = [['file', 'new.tgz', chart]] as const;
      expect(
        (await emco.call.put(`${apps}/new`, { metadata: { metadata: { name: 'new' } }, files })).status,
      ).toBeLessThan(300);
    };
    await put(await makeAppChart('new', { values: { 'no-name': '1' } }));
    await source.verb('migrate', { id: 'k-2', body: to('v2') });
    expect(await source.ended('k-2')).toMatchObject({ state: 'failed' });
    expect(await readFiles(gid)).toEqual(before);
    expect(memberOf(await readStatus(source), 'deployedStatus')).toBe('Instantiated');
    expect(await target.operations()).toEqual([]);
    await put((await app('new', 'two')).chart);
    await source.run('migrate', 'k-3', to('v2'));
    expect(await target.ended('k-3')).toMatchObject({ state: 'done', revision: 2 });
    expect(toChangedApps(before, await readFiles(gid))).toEqual(['new', 'old', 'web']);
  });
});

describe('emco killed in the middle of a migration', () => {
  it.each(['customiseManifests', 'handOver', 'takeOver', 'commitManifests'])(
    'during %s ends it in the target, once',
    { timeout: 150_000 },
    async (activity) => {
      const project = `killed-${activity.toLowerCase()}`;
      await seedBoth(project);
      await drive(project, 'v1').run('instantiate', 'first');
      const gid = textOf(await readStatus(drive(project, 'v1')), 'states.statusctxid');
      const before = await readFiles(gid);
      const side = activity === 'takeOver' || activity === 'commitManifests' ? 'v2' : 'v1';
      expect((await drive(project, 'v1').verb('migrate', { id: 'move', body: to('v2') })).status).toBe(202);
      await untilUnderWay(drive(project, side), activity);
      await emco.killAll();
      emco = await startEmco(folder.path);
      expect(await drive(project, 'v1').ended('move', 90_000)).toMatchObject({ state: 'done' });
      await eventually(async () => expect(await drive(project, 'v2').operations()).toHaveLength(1), 60_000);
      expect(await drive(project, 'v2').ended('move', 90_000)).toMatchObject({ state: 'done', revision: 2 });
      expect(toChangedApps(before, await readFiles(gid))).toEqual(['new', 'old', 'web']);
      await expectSoundHistory(git);
    },
  );
});

/** In the middle of the activity, or after it when it was over before it was seen. */
async function untilUnderWay(group: GroupDriver, activity: string): Promise<void> {
  await eventually(async () => {
    const pending = (await group.workflow.describe()).raw.pendingActivities ?? [];
    const seen = pending.some(({ activityType }) => activityType?.name === activity);
    const [operation] = await group.operations();
    if (!seen && !(operation?.id === 'move' && operation.endedAt !== null)) throw new Error(`${activity}: not yet`);
  });
}

describe('a migration in a level 1 logical cloud', () => {
  const post = async (path: string, json: object): Promise<void> => {
    const { status, text } = await emco.call.post(`/v2/projects/own/logical-clouds${path}`, { json });
    expect([status, status < 300 ? '' : text]).toEqual([expect.any(Number), '']);
  };
  const named = (name: string, spec: object): object => ({ metadata: { name }, spec });

  async function seedTenants(): Promise<void> {
    await seedCloud(emco.call, { project: 'own', cloud: 'open', provider: 'edge', clusters });
    const user = { userName: 'u', type: 'certificate' };
    await post('', named('own', { level: '1', namespace: 'own', user }));
    const all = { namespace: 'own', apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    await post('/own/user-permissions', named('all', all));
    for (const cluster of clusters) {
      await post('/own/cluster-references', named(cluster, { clusterProvider: 'edge', cluster }));
    }
    await post('/own/instantiate', {});
    for (const [version, cloud] of [
      ['v1', 'own'],
      ['v2', 'own'],
      ['v3', 'open'],
    ] as const) {
      const apps = [await app('db', 'same'), await app('web', version)];
      await seedGroup(emco.call, { ...names('own', version), provider: 'edge', cloud, release: 'own', apps });
      await drive('own', version).verb('approve');
    }
  }

  it('stays in it, and is refused by the API and by the plan when it would leave', { timeout: 120_000 }, async () => {
    await seedTenants();
    const [source, target, outside] = ['v1', 'v2', 'v3'].map((version) => drive('own', version));
    if (source === undefined || target === undefined || outside === undefined) throw new Error('expected three groups');
    await source.run('instantiate', 'o-1');
    const gid = textOf(await readStatus(source), 'states.statusctxid');
    const before = await readFiles(gid);
    const refused = await source.verb('migrate', { id: 'o-2', body: to('v3') });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('of Logical Cloud own')]);
    await source.workflow.signal('migrate', { operationId: 'o-3', targetVersion: 'v3', targetGroup: 'of-v3' });
    expect(await source.ended('o-3')).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/migrated within logical cloud own, found logical clouds of level 0/),
    });
    expect(await outside.operations()).toEqual([]);
    expect(await readFiles(gid)).toEqual(before);
    await source.run('migrate', 'o-4', to('v2'));
    expect(await target.ended('o-4')).toMatchObject({ state: 'done' });
    expect(toChangedApps(before, await readFiles(gid))).toEqual(['web']);
    expect(await git.text(`clusters/edge+c1/emco/${gid}.yaml`)).toMatch(/serviceAccountName/);
    await target.run('terminate', 'o-5');
    expect(await readFiles(gid)).toEqual(new Map());
  });
});
