/** A migration on real parts: what is equal stays, the rest is upgraded, installed and deleted, hooks and all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '#lab/process/index.ts';
import { ownedFiles } from './main-job/commits.ts';
import { named, send } from './main-job/documents.ts';
import type { Group } from './main-job/group.ts';
import { find, get, listNames, listOwned, paths, textAt, toVersions, toWritten } from './main-job/live.ts';
import { type ClusterName, directCluster, startWorld, type World } from './main-job/world.ts';
import { release, writeVersion } from './migrate/versions.ts';

const flux = 'edge+c1';
const places: readonly ClusterName[] = [flux, directCluster];

let world: World;
let source: Group;
let target: Group;
let gid = '';

beforeAll(async () => {
  world = await startWorld(places);
  source = await writeVersion(world, { version: 'v1', clusters: places });
  target = await writeVersion(world, { version: 'v2', clusters: places });
});

afterAll(async () => {
  await world?.stop();
});

const each = async <T>(look: (place: ClusterName) => Promise<T>): Promise<Record<string, T>> =>
  Object.fromEntries(await Promise.all(places.map(async (place) => [place, await look(place)] as const)));

const same = <T>(value: T): Record<string, T> => Object.fromEntries(places.map((place) => [place, value]));

/** The runs of the hooks on a cluster, `changed-pre-upgrade` → uid of its Job. */
async function hookRuns(place: ClusterName): Promise<Readonly<Record<string, string>>> {
  const { api } = world.cluster(place);
  const names = await listNames(api, paths.job.slice(0, -1));
  const runs = names.map(async (name) => {
    const job = await get(api, 'job', name);
    expect(textAt(job, 'status.succeeded'), `${name} on ${place}`).toBe('1');
    return [name.replace(`${release}-`, ''), textAt(job, 'metadata.uid')] as const;
  });
  return Object.fromEntries(await Promise.all(runs));
}

/** Hooks that ran between two looks. */
const ranSince = (before: Record<string, Record<string, string>>, after: typeof before): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(after).map(([place, runs]) => [
      place,
      Object.keys(runs)
        .filter((name) => runs[name] !== before[place]?.[name])
        .toSorted(),
    ]),
  );

const hooks = (app: string, occasion: string): readonly string[] => [
  `${app}-post-${occasion}`,
  `${app}-pre-${occasion}`,
];

/** Identity and version of each object, and what was written of it. */
const objects = () =>
  each(async (place) => {
    const owned = await listOwned(world.cluster(place).api, gid);
    return {
      versions: toVersions(owned),
      written: Object.fromEntries(owned.map(({ title, object }) => [title, toWritten(object)])),
    };
  });

const titles = (...apps: readonly string[]): readonly string[] =>
  ['configmaps', 'deployments'].flatMap((kind) => apps.map((app) => `${kind}/${release}-${app}`)).toSorted();

const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
const inventories = '/api/v1/namespaces/emco-system/configmaps';

describe('a migration through Flux and directly', () => {
  let first: Awaited<ReturnType<typeof objects>>;
  let files: Readonly<Record<string, string>>;
  let runs: Awaited<ReturnType<typeof each<Readonly<Record<string, string>>>>>;

  it('begins with a group whose apps are all Ready', async () => {
    await source.perform('instantiate', 240_000);
    gid = await source.gid();
    expect(await source.phases()).toEqual({ Ready: 6 });
    first = await objects();
    files = await ownedFiles(world.git);
    runs = await each(hookRuns);
    const ran = ['changed', 'gone', 'same'].flatMap((app) => hooks(app, 'install'));
    expect(ranSince({}, runs)).toEqual(same(ran));
  });

  it('leaves what is equal as it is, and upgrades, installs and deletes the rest, each with its hooks', async () => {
    const spec = { targetCompositeAppVersion: 'v2', targetDeploymentIntentGroup: 'of-v2' };
    await send(world.api, 'post', { path: `${source.path}/migrate`, json: named('on', spec) });
    await source.untilDone('migrate');
    // Handed over and not yet rolled out.
    await world.killAndRestart();
    await target.untilDone('migrate', 240_000);
    expect(await target.gid()).toBe(gid);
    expect(await target.phases()).toEqual({ Ready: 6 });
    expect(await target.messages()).toEqual([]);
    expect(await target.read('status?status=ready')).toMatchObject({
      deployedStatus: 'Instantiated',
      readyStatus: 'Ready',
    });
    expect(await source.read('status?status=deployed')).toMatchObject({ deployedStatus: 'Updated' });
    const second = await objects();
    for (const place of places) {
      const [before, after] = [first[place]?.versions ?? {}, second[place]?.versions ?? {}];
      expect(Object.keys(after).toSorted(), place).toEqual(titles('changed', 'new', 'same'));
      for (const title of titles('same')) expect(after[title], `${title} on ${place}`).toBe(before[title]);
      for (const title of titles('changed')) {
        expect(after[title]?.split(' ')[0], `${title} on ${place}`).toBe(before[title]?.split(' ')[0]);
        expect(after[title], `${title} on ${place}`).not.toBe(before[title]);
      }
      const changed = await get(world.cluster(place).api, 'configMap', `${release}-changed`);
      expect(textAt(changed, 'data.colour')).toBe('blue');
    }
    const now = await each(hookRuns);
    const ran = [...hooks('changed', 'upgrade'), ...hooks('gone', 'delete'), ...hooks('new', 'install')];
    expect(ranSince(runs, now)).toEqual(same(ran));
    runs = now;
  });

  it('leaves a source that may be deleted at once', async () => {
    const child = async (path: string): Promise<void> => {
      const { status, text } = await world.api.remove(`${source.path}${path}`);
      expect([status, text]).toEqual([204, '']);
    };
    await child('/intents/all');
    for (const app of ['same', 'changed', 'gone']) {
      await child(`/generic-placement-intents/placement/app-intents/${app}`);
    }
    await child('/generic-placement-intents/placement');
    await child('');
    expect((await world.api.get(source.path)).status).toBe(404);
    expect(await target.phases()).toEqual({ Ready: 6 });
  });

  it('is taken back by a rollback to the revision of the source: the same trees, the same objects', async () => {
    await send(world.api, 'post', { path: `${target.path}/rollback`, json: named('back', { revision: '1' }) });
    await target.untilDone('rollback', 240_000);
    expect(await ownedFiles(world.git)).toEqual(files);
    const back = await objects();
    for (const place of places) {
      expect(back[place]?.written, place).toEqual(first[place]?.written);
      for (const title of titles('same')) expect(back[place]?.versions[title]).toBe(first[place]?.versions[title]);
    }
    expect(await target.phases()).toEqual({ Ready: 6 });
    expect(await target.gid()).toBe(gid);
    const now = await each(hookRuns);
    const ran = [...hooks('changed', 'rollback'), ...hooks('gone', 'install'), ...hooks('new', 'delete')];
    expect(ranSince(runs, now)).toEqual(same(ran));
    runs = now;
  });

  it('ends with a terminate of the target that leaves nothing of either version', async () => {
    await target.perform('terminate', 240_000);
    for (const place of places) {
      const { api } = world.cluster(place);
      expect(
        (await listOwned(api, gid)).map(({ title }) => title),
        place,
      ).toEqual([]);
      for (const app of ['same', 'changed', 'gone', 'new']) {
        expect(await find(api, 'deployment', `${release}-${app}`)).toBeNull();
      }
    }
    const ran = ['changed', 'gone', 'same'].flatMap((app) => hooks(app, 'delete'));
    expect(ranSince(runs, await each(hookRuns))).toEqual(same(ran));
    const agents = () => listNames(world.cluster(flux).api, kustomizations);
    await waitUntil(async () => !(await agents()).some((name) => name.includes(gid)), {
      timeoutMs: 30_000,
      expected: 'no agent object of the deployment',
    });
    const kept = await listNames(world.cluster(directCluster).api, inventories);
    expect(kept).not.toContainEqual(expect.stringContaining(gid));
    expect(await ownedFiles(world.git)).toEqual({});
    expect(await target.read('status?status=deployed')).toMatchObject({ deployedStatus: 'Terminated' });
  });
});
