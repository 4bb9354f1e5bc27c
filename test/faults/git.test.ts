import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '#lab/git-server/index.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { eventually } from '#test/support/eventually.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { type ChartSeed, makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import { expectAscending, expectSoundHistory, readWaves } from './invariants.ts';

const clusters = ['c1', 'c2', 'c3'];
const token = `token-${randomBytes(6).toString('hex')}`;

let folder: TemporaryFolder;
let emco: Emco;
let server: GitServer;
let url: string;
let git: GitReader;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  server = await startGitServer({ folder: join(folder.path, 'served'), port: 0, token });
  url = await server.createRepository('fleet');
  emco = await startEmco(folder.path);
  await seedFleet(emco.call, { provider: 'edge', clusters, repository: { url, user: 'emco', token } });
  git = await openGitReader({ url, token });
});
afterAll(async () => {
  await git?.close();
  await emco?.killAll();
  await server?.stop();
  await folder?.[Symbol.asyncDispose]();
});

interface Application {
  readonly name: string;
  readonly charts?: Readonly<Record<string, ChartSeed>>;
  readonly provider?: string;
}

/** A project with one approved group of that name; its apps wait for each other in the order given. */
async function approve({
  name,
  charts = { first: {}, second: {} },
  provider = 'edge',
}: Application): Promise<GroupDriver> {
  await seedCloud(emco.call, { project: name, cloud: 'lc', provider, clusters });
  const apps = await Promise.all(
    Object.entries(charts).map(async ([app, chart], at, all) => {
      const before = all[at - 1];
      const after = before === undefined ? [] : [before[0]];
      return { name: app, chart: await makeAppChart(app, chart), after };
    }),
  );
  const names = { project: name, compositeApp: 'ca', version: 'v1', group: 'g' };
  await seedGroup(emco.call, { ...names, provider, cloud: 'lc', release: name, apps });
  const group = driveGroup(emco, names);
  await group.verb('approve');
  return group;
}

async function readGid(group: GroupDriver): Promise<string> {
  const text = (await emco.call.get(`${group.path}/status`)).text;
  return /"statusctxid":"(\d+)"/.exec(text)?.[1] ?? '';
}

async function readOwnFiles(gid: string): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await git.files())].filter(([path]) => path.includes(gid)));
}

describe('foreign commits', () => {
  it('that are pushed while an operation runs survive, and every change set is committed once', async () => {
    const group = await approve({ name: 'foreign', charts: { a: {}, b: {}, c: {} } });
    await group.verb('instantiate', { id: 'among-others' });
    const foreign: string[] = [];
    for (let at = 0; at < 12; at += 1) foreign.push(await git.pushForeign({ [`theirs/${at}.txt`]: `${at}\n` }));
    expect(await group.ended('among-others')).toMatchObject({ state: 'done' });
    await expectSoundHistory(git, foreign);
    expect(await readWaves(git, 'among-others')).toEqual([0, 1, 2]);
    expect(await git.text('theirs/11.txt')).toBe('11\n');
  });
});

describe('drift in Git', () => {
  it('in content, in agent objects and by deletion is written over, and the rest of the commit stays', {
    timeout: 90_000,
  }, async () => {
    const group = await approve({ name: 'drift' });
    await group.run('instantiate', 'i');
    const gid = await readGid(group);
    const before = await readOwnFiles(gid);
    const [content = '', other = ''] = [...before.keys()].filter((path) => path.startsWith('deploy/'));
    const agent = [...before.keys()].find((path) => path.startsWith('clusters/')) ?? '';
    const id = await git.pushForeign({
      [content]: 'changed: true\n',
      [other]: null,
      [agent]: 'changed: true\n',
      'theirs/kept.txt': 'kept\n',
    });
    await eventually(async () => expect(await readOwnFiles(gid)).toEqual(before), 40_000);
    await expectSoundHistory(git, [id]);
    expect(await git.text('theirs/kept.txt')).toBe('kept\n');
  });
});

describe('the writer of the repository', () => {
  it('comes back when it is terminated in the Temporal UI, and notices drift again', { timeout: 120_000 }, async () => {
    const group = await approve({ name: 'unwritten' });
    await group.run('instantiate', 'unwritten-1');
    const gid = await readGid(group);
    const before = await readOwnFiles(gid);
    const query = `WorkflowType = 'gitWriter' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of emco.client.workflow.list({ query })) {
      await emco.client.workflow.getHandle(workflowId).terminate('by mistake');
    }
    const content = [...before.keys()].find((path) => path.startsWith('deploy/')) ?? '';
    await git.pushForeign({ [content]: 'changed: true\n' });
    await eventually(async () => expect(await readOwnFiles(gid)).toEqual(before), 60_000);
    await expectSoundHistory(git);
  });
});

describe('a Git server that is away for a while', () => {
  it('holds the operation up, says so in the status, and gets everything once when it is back', {
    timeout: 120_000,
  }, async () => {
    const group = await approve({ name: 'away' });
    await server.stop();
    await group.verb('instantiate', { id: 'after-a-while' });
    await eventually(async () => {
      expect((await emco.call.get(`${group.path}/status`)).text).toContain('expected an answer from the Git server');
    }, 40_000);
    server = await startGitServer({ folder: join(folder.path, 'served'), port: server.port, token });
    expect(await group.ended('after-a-while', 80_000)).toMatchObject({ state: 'done' });
    expect(await readWaves(git, 'after-a-while')).toEqual([0, 1]);
    await expectSoundHistory(git);
  });

  it('and then refuses the token fails the operation with a message that says so, without the token', {
    timeout: 90_000,
  }, async () => {
    const wrong = 'wrong-token-8f7a';
    await seedFleet(emco.call, { provider: 'misled', clusters, repository: { url, user: 'emco', token: wrong } });
    const group = await approve({ name: 'refused', provider: 'misled' });
    await group.verb('instantiate', { id: 'i' });
    const { state, message } = await group.ended('i', 60_000);
    expect(state).toBe('failed');
    expect(message).toContain('expected a token that the server accepts');
    expect(message).not.toContain(wrong);
  });

  it('leaves other groups of the same repository unharmed', async () => {
    await (await approve({ name: 'unharmed' })).run('instantiate', 'i');
  });
});

describe('Secrets', () => {
  it('bound for Git are refused with the key that would allow them, and nothing is written', async () => {
    const group = await approve({ name: 'secretive', charts: { app: { secret: 'hush' } } });
    const head = await git.head();
    await group.verb('instantiate', { id: 'i' });
    const { state, message } = await group.ended('i');
    expect(state).toBe('failed');
    expect(message).toContain('app app on cluster edge+c1');
    expect(message).toContain('`secrets` with the value `plain`');
    expect(message).not.toContain('hush');
    expect(await git.head()).toBe(head);
  });
});

describe('two groups that want the same object', () => {
  it('do not share it: the second fails and names the owner, and comes when the first has gone', {
    timeout: 90_000,
  }, async () => {
    const charts = { app: { configMap: 'contested' } };
    const first = await approve({ name: 'owner', charts });
    const second = await approve({ name: 'rival', charts });
    await first.run('instantiate', 'i');
    await second.verb('instantiate', { id: 'r1' });
    const { state, message } = await second.ended('r1');
    expect(state).toBe('failed');
    expect(message).toContain('/projects/owner/composite-apps/ca/v1/deployment-intent-groups/g');
    await first.run('terminate', 't');
    await second.run('update', 'r2');
    expect((await readOwnFiles(await readGid(second))).size).toBeGreaterThan(0);
  });
});

describe('revisions', () => {
  it('roll back to equal files, each of them, and keep the gid over terminate and instantiate', {
    timeout: 120_000,
  }, async () => {
    const group = await approve({ name: 'back' });
    await group.run('instantiate', 'r1');
    const gid = await readGid(group);
    const trees = [await readOwnFiles(gid)];
    for (const revision of [2, 3]) {
      await replaceChart('back', 'first', { values: { revision: String(revision) } });
      expect(await group.run('update', `r${revision}`)).toMatchObject({ revision });
      trees.push(await readOwnFiles(gid));
    }
    expect(new Set(trees.map((tree) => JSON.stringify([...tree]))).size).toBe(3);
    for (const to of [1, 2, 3, 1]) {
      const { revision } = await group.run('rollback', `to-${to}-${await git.head()}`, { revision: to });
      expect(revision).toBeGreaterThan(3);
      expect(await readOwnFiles(gid)).toEqual(trees[to - 1]);
    }
    await group.run('terminate', 'end');
    expect((await readOwnFiles(gid)).size).toBe(0);
    expect(await group.run('instantiate', 'again')).toMatchObject({ revision: 8 });
    expect(await readOwnFiles(gid)).toEqual(trees[2]);
    expectAscending(await readWaves(git, 'again'));
    await expectSoundHistory(git);
  });
});

async function replaceChart(project: string, app: string, chart: ChartSeed): Promise<void> {
  const path = `/v2/projects/${project}/composite-apps/ca/v1/apps/${app}`;
  const files = [['file', `${app}.tgz`, await makeAppChart(app, chart)]] as const;
  const { status, text } = await emco.call.put(path, { metadata: { metadata: { name: app } }, files });
  if (status >= 300) throw new Error(`chart ${app}: expected it to be replaced, found ${status} ${text}`);
}
