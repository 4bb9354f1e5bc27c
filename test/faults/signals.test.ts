import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveTool, tryCommand } from '#lab/resolver/index.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { eventually } from '#test/support/eventually.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import type { GroupWorkflowStatus } from '#workflows/messages.ts';
import { expectSoundHistory, readOwnCommits } from './invariants.ts';

const clusters = ['c1', 'c2'];

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;
let temporal: string;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  temporal = await resolveTool('temporal');
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

const repeat = (letter: string): string => letter.repeat(128);

async function approve(project: string, apps = ['a', 'b', 'c']): Promise<GroupDriver> {
  await seedCloud(emco.call, { project, cloud: 'lc', provider: 'edge', clusters });
  const seeds = await Promise.all(
    apps.map(async (name, at) => ({
      name,
      chart: await makeAppChart(name),
      after: apps.slice(Math.max(0, at - 1), at),
    })),
  );
  const names = { project, compositeApp: 'ca', version: 'v1', group: 'g' };
  await seedGroup(emco.call, { ...names, provider: 'edge', cloud: 'lc', release: project, apps: seeds });
  const group = driveGroup(emco, names);
  await group.verb('approve');
  return group;
}

/** What a user types into a shell; gives whether the CLI was content. */
async function cli(group: GroupDriver, ...args: readonly string[]): Promise<boolean> {
  const where = ['--address', emco.temporal, '--namespace', emco.namespace, '--workflow-id', group.workflowId];
  return (await tryCommand([temporal, 'workflow', ...args, ...where], { timeoutMs: 20_000 })).exitCode === 0;
}

const signal = (group: GroupDriver, name: string, ...args: readonly string[]): Promise<boolean> =>
  cli(group, 'signal', '--name', name, ...args);

const readStatus = (group: GroupDriver): Promise<GroupWorkflowStatus> =>
  group.workflow.query<GroupWorkflowStatus>('status');

async function readRunState(group: GroupDriver): Promise<string> {
  return (await group.workflow.describe()).status.name;
}

describe('signals that nobody can serve', () => {
  it('leave the group running, are refused by name, and the next good one is served', { timeout: 90_000 }, async () => {
    const group = await approve('signals');
    await group.run('instantiate', 'signals-1');
    expect(await signal(group, 'explode', '--input', '"now"')).toBe(true);
    expect(await signal(group, '__temporal_explode')).toBe(true);
    expect(await signal(group, '__stack_trace')).toBe(true);
    expect(await signal(group, 'rollback', '--input', '{"revision":"first"}')).toBe(true);
    expect(await signal(group, 'rollback', '--input', '7', '--input', '{"revision":1}')).toBe(true);
    expect(await signal(group, 'rollback', '--input', 'xx', '--input-meta', 'encoding=binary/plain')).toBe(true);
    expect(await signal(group, 'update', '--input', 'xx', '--input-meta', 'encoding=nobody/knows')).toBe(true);
    expect(await signal(group, 'instantiate')).toBe(true);
    expect(await signal(group, 'deleted')).toBe(true);
    expect(await signal(group, 'committed', '--input', 'null')).toBe(true);
    expect(await cli(group, 'update', 'execute', '--name', 'explode', '--input', '{}')).toBe(false);
    expect(await cli(group, 'update', 'execute', '--name', 'rollback', '--input', '{"revision":0}')).toBe(false);
    expect(await signal(group, 'rollback', '--input', '{"revision":1,"operationId":"signals-2"}')).toBe(true);
    expect(await group.ended('signals-2')).toMatchObject({ state: 'done', revision: 2 });
    const refused = (await readStatus(group)).refused.join('\n');
    for (const said of [
      'explode',
      'reserved __temporal_explode',
      'found "first"',
      'found 7',
      'signal deleted',
      'cannot be decoded',
      'allows instantiate',
    ]) {
      expect(refused).toContain(said);
    }
    expect(await readRunState(group)).toBe('RUNNING');
  });

  it('do not end the operation under way, whose place they cannot take', { timeout: 90_000 }, async () => {
    const group = await approve('uninterrupted');
    await group.verb('instantiate', { id: 'uninterrupted-1' });
    await group.workflow.signal('rollback', { revision: 99 });
    await group.workflow.signal('instantiate', {});
    await group.workflow.signal('rollback', { revision: 99 });
    expect(await group.ended('uninterrupted-1')).toMatchObject({ state: 'done' });
    expect((await readStatus(group)).step).toBe('watching');
  });

  it('do not hold up the writer of the repository', { timeout: 90_000 }, async () => {
    const writers = emco.client.workflow.list({ query: `WorkflowType = 'gitWriter'` });
    for await (const { workflowId } of writers) {
      const writer = emco.client.workflow.getHandle(workflowId);
      for (const change of [
        null,
        7,
        {},
        { digest: 'x' },
        { digest: 'a'.repeat(64), group: '', gid: '', workflowId: '' },
      ]) {
        await writer.signal('change', change);
      }
    }
    await (await approve('written')).run('instantiate', 'written-1');
  });
});

describe('the same request more than once', () => {
  it('acts once, also when the history was started anew in between', { timeout: 120_000 }, async () => {
    const group = await approve('once', ['a']);
    await group.run('instantiate', 'once-1');
    const sendUpdate = (): Promise<unknown> =>
      group.workflow.executeUpdate('update', { args: [{ operationId: 'once-2' }], updateId: 'once-2' });
    const first = await sendUpdate();
    expect(first).toEqual({ operationId: 'once-2', revision: 2 });
    await group.ended('once-2');
    const { runId } = await group.workflow.describe();
    await eventually(async () => {
      await Promise.all(Array.from({ length: 60 }, () => group.workflow.signal('nonsense')));
      expect((await group.workflow.describe()).runId).not.toBe(runId);
    }, 90_000);
    expect(await sendUpdate()).toEqual(first);
    await group.workflow.signal('update', { operationId: 'once-2' });
    expect((await group.verb('update', { id: 'once-2' })).status).toBe(202);
    await group.run('update', 'once-3');
    expect((await group.operations()).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'once-3 done',
      'once-2 done',
      'once-1 done',
    ]);
    await expectSoundHistory(git);
  });
});

describe('operations that race', () => {
  it('end one by one in the order of their numbers, and what was overtaken writes nothing afterwards', {
    timeout: 90_000,
  }, async () => {
    const group = await approve('race');
    await group.verb('instantiate', { id: 'race-1' });
    await Promise.all(['race-2', 'race-3', 'race-4'].map((id) => group.verb('update', { id })));
    await group.workflow.signal('terminate', { operationId: 'race-5' });
    expect(await group.ended('race-5')).toMatchObject({ state: 'done' });
    const operations = (await group.operations()).toReversed();
    const states = operations.map(({ state }) => state);
    expect(states.at(-1)).toBe('done');
    expect(states.every((state) => state === 'done' || state === 'superseded')).toBe(true);
    const order = operations.map(({ id }) => id);
    const written = (await readOwnCommits(git))
      .map(({ trailers }) => order.indexOf(trailers['Emco-Operation'] ?? ''))
      .filter((at) => at >= 0);
    expect(written).toEqual(written.toSorted((a, b) => a - b));
    for (const { id, endedAt } of operations) {
      const late = (await readOwnCommits(git)).filter(
        ({ trailers, timeMs }) => trailers['Emco-Operation'] === id && timeMs > Date.parse(endedAt ?? ''),
      );
      expect(late, `written after ${id} had ended`).toEqual([]);
    }
    expect([...(await git.files()).keys()].filter((path) => path.includes(`-race-`))).toEqual([]);
  });
});

describe('a workflow that is terminated in the Temporal UI', () => {
  it('comes back by itself, idle or in the middle of an operation, which then ends', { timeout: 120_000 }, async () => {
    const group = await approve('lost');
    await group.verb('instantiate', { id: 'lost-1' });
    await group.workflow.terminate('by mistake');
    expect(await group.ended('lost-1', 60_000)).toMatchObject({ state: 'done' });
    await group.workflow.terminate('once more');
    await eventually(async () => expect(await readRunState(group)).toBe('RUNNING'), 40_000);
    await group.run('update', 'lost-2');
    await expectSoundHistory(git);
  });
});

describe('stop, pause and resume', () => {
  it('hold the group where it is, and go on', { timeout: 90_000 }, async () => {
    const group = await approve('held');
    await group.verb('instantiate', { id: 'held-1' });
    expect((await group.verb('pause', { id: 'held-2' })).status).toBe(202);
    await group.ended('held-2');
    expect(await readStatus(group)).toMatchObject({ paused: true });
    const paused = (await group.operations()).find(({ id }) => id === 'held-1');
    expect(['accepted', 'done']).toContain(paused?.state);
    await group.verb('resume', { id: 'held-3' });
    expect(await group.ended('held-1')).toMatchObject({ state: 'done' });
    await group.verb('update', { id: 'held-4' });
    await group.run('stop', 'held-5');
    expect(await readStatus(group)).toMatchObject({ stopped: true });
    await group.run('update', 'held-6');
    expect(await readStatus(group)).toMatchObject({ stopped: false });
    await group.workflow.cancel();
    await eventually(async () => expect((await group.operations())[0]).toMatchObject({ kind: 'stop', state: 'done' }));
    expect(await readRunState(group)).toBe('RUNNING');
  });
});

describe('the document of a group that is deleted', () => {
  it('ends its workflow', { timeout: 90_000 }, async () => {
    const group = await approve('gone', ['a']);
    await group.run('instantiate', 'gone-1');
    await group.run('terminate', 'gone-2');
    for (const path of [
      'intents/all',
      'generic-placement-intents/placement/app-intents/a',
      'generic-placement-intents/placement',
      '',
    ]) {
      const answer = await emco.call.remove(`${group.path}/${path}`.replace(/\/$/, ''));
      expect(`${answer.status} ${answer.text}`).toMatch(/^204/);
    }
    await eventually(async () => expect(await readRunState(group)).toBe('COMPLETED'));
  });
});

describe("EMCO's longest names", () => {
  it('work, 128 characters each', { timeout: 90_000 }, async () => {
    const [provider, cluster] = [repeat('p'), repeat('k')];
    const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
    await seedFleet(emco.call, { provider, clusters: [cluster], repository });
    const [project, cloud] = [repeat('j'), repeat('l')];
    await seedCloud(emco.call, { project, cloud, provider, clusters: [cluster] });
    const app = repeat('a');
    const apps = [{ name: app, chart: await makeAppChart('chart') }];
    const names = { project, compositeApp: repeat('c'), version: repeat('v'), group: repeat('g') };
    await seedGroup(emco.call, { ...names, provider, cloud, release: 'longest', apps });
    const group = driveGroup(emco, names);
    await group.verb('approve');
    const id = repeat('i');
    await group.run('instantiate', id);
    expect((await readOwnCommits(git)).filter(({ trailers }) => trailers['Emco-Operation'] === id)).toHaveLength(1);
    expect(await signal(group, 'rollback', '--input', '{"revision":1,"operationId":"longest-2"}')).toBe(true);
    expect(await group.ended('longest-2')).toMatchObject({ state: 'done' });
    await group.run('terminate', 'longest-3');
  });
});
