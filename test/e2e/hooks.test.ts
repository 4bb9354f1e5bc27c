/** Helm's hooks on real parts: run where Helm runs them, through Flux and directly. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '#lab/process/index.ts';
import { endedAt, findJob, getJob, jobs, madeAt, release, runOf, uidOf } from './hooks/hooked.ts';
import { writeHookedApp, writeHookedGroup, writeValues } from './hooks/hooked.ts';
import { stepsAfter } from './main-job/commits.ts';
import { named, send } from './main-job/documents.ts';
import type { Group } from './main-job/group.ts';
import { find, get, textAt } from './main-job/live.ts';
import { type ClusterName, directCluster, startWorld, type World } from './main-job/world.ts';

const flux = 'edge+c1';
const places: readonly ClusterName[] = [flux, directCluster];

let world: World;
let group: Group;

beforeAll(async () => {
  world = await startWorld(places);
  await writeHookedApp(world);
  group = await writeHookedGroup(world, { name: release, clusters: places });
});

afterAll(async () => {
  await world?.stop();
});

const each = async <T>(look: (place: ClusterName) => Promise<T>): Promise<Record<string, T>> =>
  Object.fromEntries(await Promise.all(places.map(async (place) => [place, await look(place)] as const)));

const same = <T>(value: T): Record<string, T> => Object.fromEntries(places.map((place) => [place, value]));

const head = async (): Promise<string> => (await world.git.commits()).at(-1)?.id ?? '';

/** Files of the app's hooks that each commit since then wrote, in the order of commits; `-` for one that removed some. */
async function hookCommits(since: string): Promise<readonly string[]> {
  const steps = await stepsAfter(world.git, since);
  return steps.flatMap(({ written, removed }) => {
    const name = written
      .find((path) => path.includes('/one.hooks/'))
      ?.split('/')
      .at(-1);
    if (name !== undefined) return [name.replace(/^.*-hooked-(.*)\.yaml$/, '$1')];
    return written.some((path) => path.includes('/one/'))
      ? ['app']
      : removed.some((path) => path.includes('/one.hooks/'))
        ? ['-']
        : [];
  });
}

const agentFile = async (): Promise<string> => world.git.text(`clusters/${flux}/emco/${await group.gid()}.yaml`);

async function expectNoHookInGit(): Promise<void> {
  const files = await world.git.files();
  expect([...files.keys()].filter((path) => path.includes('.hooks/'))).toEqual([]);
  expect(await agentFile()).not.toContain('-hooks');
}

/** What a policy takes away on a Flux cluster goes when Flux sees that it is not in Git any more. */
const untilJobs = (names: readonly string[]): Promise<unknown> =>
  waitUntil(async () => isDeepStrictEqual(await each((place) => jobs(world, place)), same(names)), {
    timeoutMs: 30_000,
    expected: `the Jobs ${names.join(', ')} and no other`,
  });

const colourOf = async (place: ClusterName): Promise<string> =>
  textAt(await get(world.cluster(place).api, 'configMap', release), 'data.colour');

describe('hooks of a chart, through Flux and directly', () => {
  it('run before and after an install, one by one, in the order of their weights', async () => {
    const before = await head();
    await group.perform('instantiate', 240_000);
    await untilJobs(['post-install', 'pre-install']);
    expect(await hookCommits(before)).toEqual(['migrator', 'pre-install', 'app', 'post-install', 'once', '-']);
    for (const place of places) {
      const { api } = world.cluster(place);
      const [pre, post] = [await getJob(world, place, 'pre-install'), await getJob(world, place, 'post-install')];
      const app = await get(api, 'deployment', release);
      expect(endedAt(pre)).toBeLessThanOrEqual(madeAt(app));
      expect(madeAt(app)).toBeLessThanOrEqual(madeAt(post));
      expect(madeAt(await get(api, 'serviceAccount', `${release}-migrator`))).toBeLessThanOrEqual(madeAt(pre));
      expect(await find(api, 'pod', `${release}-test`)).toBeNull();
    }
    await expectNoHookInGit();
  });

  it('do not run for an update that changes nothing', async () => {
    const uids = await each(async (place) => uidOf(await getJob(world, place, 'post-install')));
    const before = await head();
    await group.perform('update');
    expect(await head()).toBe(before);
    expect(await each((place) => jobs(world, place))).toEqual(same(['post-install', 'pre-install']));
    expect(await each(async (place) => uidOf(await getJob(world, place, 'post-install')))).toEqual(uids);
  });

  it('run before and after an upgrade, anew each time', async () => {
    const before = await head();
    await writeValues(world, { colour: 'green' });
    await group.perform('update', 240_000);
    const left = ['gone', 'post-install', 'post-upgrade', 'pre-install', 'pre-upgrade'];
    await untilJobs(left);
    expect(await hookCommits(before)).toEqual(['gone', 'migrator', 'pre-upgrade', 'app', 'post-upgrade', 'once', '-']);
    const first = await each(async (place) => uidOf(await getJob(world, place, 'pre-upgrade')));
    const installed = await each(async (place) => runOf(await getJob(world, place, 'pre-install')));
    await writeValues(world, { colour: 'blue' });
    await group.perform('update', 240_000);
    const second = await each(async (place) => uidOf(await getJob(world, place, 'pre-upgrade')));
    for (const place of places) expect(second[place]).not.toBe(first[place]);
    expect(await each(async (place) => runOf(await getJob(world, place, 'pre-install')))).toEqual(installed);
    expect(await each(colourOf)).toEqual(same('blue'));
    await expectNoHookInGit();
  });

  it('that fail hold their app, name themselves, and go where their policy says so', async () => {
    await writeValues(world, { colour: 'black', zone: 'nowhere', deadline: 2 });
    await group.request('update');
    const { state, message } = await group.untilEnded('update', 240_000);
    expect(state).toBe('failed');
    expect(message).toMatch(/2 of 2 targets failed; one on edge\+c1: pre-upgrade hook Job hooked-gone: .*deadline/);
    expect(await each(colourOf)).toEqual(same('blue'));
    await waitUntil(
      async () => Object.values(await each((place) => findJob(world, place, 'gone'))).every((one) => one === null),
      {
        timeoutMs: 60_000,
        expected: 'the failed hook to be deleted, as its policy hook-failed says',
      },
    );
    await waitUntil(async () => !(await agentFile()).includes('-hooks'), {
      timeoutMs: 30_000,
      expected: 'nothing of the hook in Git',
    });
  });

  it('that succeeded are not run again, and none is left out, when emco is killed while one runs', async () => {
    await writeValues(world, { colour: 'white', zone: 'late' });
    const before = await head();
    await group.request('update');
    const running = async (place: ClusterName) => {
      const found = await findJob(world, place, 'gone');
      return found !== null && textAt(found, 'status.startTime') !== '';
    };
    await waitUntil(async () => Object.values(await each(running)).every(Boolean), {
      timeoutMs: 60_000,
      expected: 'the first hook to run on both clusters',
    });
    const uids = await each(async (place) => uidOf(await getJob(world, place, 'gone')));
    await world.killAndRestart();
    for (const place of places) {
      const { api } = world.cluster(place);
      const { body } = await api.get('/api/v1/nodes');
      const [node] = (body as { items: { metadata: { name: string } }[] }).items; // the API server's own shape
      const name = node?.metadata.name ?? '';
      const metadata = { name, labels: { zone: 'late' } };
      await api.apply(`/api/v1/nodes/${name}`, { apiVersion: 'v1', kind: 'Node', metadata });
    }
    await group.untilDone('update', 240_000);
    expect(await each(async (place) => uidOf(await getJob(world, place, 'gone')))).toEqual(uids);
    expect(await hookCommits(before)).toEqual(['gone', 'migrator', 'pre-upgrade', 'app', 'post-upgrade', 'once', '-']);
    expect(await each(colourOf)).toEqual(same('white'));
  });

  it('run before and after a rollback', async () => {
    const before = await head();
    await send(world.api, 'post', { path: `${group.path}/rollback`, json: named('back', { revision: '1' }) });
    await group.untilDone('rollback', 240_000);
    expect(await hookCommits(before)).toEqual(['pre-rollback', 'app', 'post-rollback', '-']);
    expect(await each(colourOf)).toEqual(same('red'));
  });

  it('run before what they belong to goes and after it is gone; what wants to be kept stays', async () => {
    const before = await head();
    await group.perform('terminate', 240_000);
    expect(await hookCommits(before)).toEqual(['pre-delete', '-', 'post-delete', '-']);
    for (const place of places) {
      const { api } = world.cluster(place);
      expect(await find(api, 'deployment', release)).toBeNull();
      expect(await find(api, 'configMap', release)).toBeNull();
      expect(textAt(await find(api, 'configMap', `${release}-kept`), 'data.colour')).toBe('red');
      const [pre, post] = [await getJob(world, place, 'pre-delete'), await getJob(world, place, 'post-delete')];
      expect(endedAt(pre)).toBeLessThanOrEqual(madeAt(post));
    }
    expect([...(await world.git.files()).keys()].filter((path) => path.startsWith('deploy/'))).toEqual([]);
  });
});

describe('CRDs of a chart', () => {
  const definitions = () =>
    each(async (place) => find(world.cluster(place).api, 'definition', 'gadgets.hooks.example'));
  const terminate = (json: object) => send(world.api, 'post', { path: `${group.path}/terminate`, json });
  const everything = { spec: { deleteCrds: true, skipHooks: true } };
  let other: Group;

  it('stay when the group goes, and are not deleted while another group lives by them', async () => {
    expect(Object.values(await definitions()).every((one) => one !== null)).toBe(true);
    other = await writeHookedGroup(world, { name: 'other', clusters: [directCluster] });
    await group.perform('instantiate', 240_000);
    await other.perform('instantiate', 240_000);
    await terminate(everything);
    const { state, message } = await group.untilEnded('terminate');
    expect(state).toBe('failed');
    expect(message).toMatch(
      /CustomResourceDefinition gadgets\.hooks\.example on cluster far\+d1: expected no other group .*found group .*\/other/,
    );
    for (const place of places) expect(await colourOf(place)).toBe('white');
  });

  it('go with the group when it is asked, through Flux and directly; hooks that are left out do not run', async () => {
    const runs = await each(async (place) => runOf(await getJob(world, place, 'pre-delete')));
    await send(world.api, 'post', { path: `${other.path}/terminate`, json: { spec: { skipHooks: true } } });
    await other.untilDone('terminate', 120_000);
    await group.perform('stop');
    await terminate(everything);
    await group.untilDone('terminate', 240_000);
    await waitUntil(async () => Object.values(await definitions()).every((one) => one === null), {
      timeoutMs: 30_000,
      expected: 'the CRDs to be gone',
    });
    expect(await each(async (place) => runOf(await getJob(world, place, 'pre-delete')))).toEqual(runs);
    expect([...(await world.git.files()).keys()].filter((path) => path.startsWith('deploy/'))).toEqual([]);
  });
});
