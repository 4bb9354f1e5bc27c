import { expect } from 'vitest';

import type { GroupKey } from '#domain/group.ts';
import type { TargetChange } from '#domain/ports/plans.ts';
import type { Observation } from '#domain/status.ts';

import type { StoreBench, StoreCases } from './store-case.ts';
import { toCluster } from './store-case.ts';

const clusterOf = (bench: StoreBench): ReturnType<typeof toCluster> => toCluster(`${bench.unique}-c1`);

/** A group with one target. */
async function oneTarget(bench: StoreBench, name = 'g'): Promise<GroupKey> {
  const key = await bench.approvedGroup(name);
  const objects = [`${bench.unique}-${name}`];
  await bench.operate(key, 'instantiate', [{ app: 'a', cluster: `${bench.unique}-c1`, objects }]);
  return key;
}

const change = (bench: StoreBench, phase: TargetChange['phase'], more: Partial<TargetChange> = {}): TargetChange => ({
  app: 'a',
  cluster: clusterOf(bench),
  phase,
  ...more,
});

const observe = (bench: StoreBench, gid: string, more: Partial<Observation> = {}): Observation => ({
  cluster: clusterOf(bench),
  gid,
  app: 'a',
  appliedRevision: 'f'.repeat(40),
  current: true,
  present: true,
  message: '',
  resources: [
    { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'n', name: 'web', status: 'Current', message: 'ü' },
  ],
  observedAt: '2026-11-22T10:00:00.000Z',
  ...more,
});

export const targetCases: StoreCases = {
  async 'moves targets, keeps a commit that is not named and drops the message of the phase before'(bench) {
    const { plans } = bench.store;
    const key = await oneTarget(bench);
    await plans.moveTargets(key, 1, [change(bench, 'Committed', { commit: 'c0ffee', message: 'pushed\0' })]);
    const [committed] = await plans.targets(key);
    expect(committed).toMatchObject({ phase: 'Committed', commit: 'c0ffee', message: 'pushed\uFFFD' });
    await plans.moveTargets(key, 1, [change(bench, 'Deployed')]);
    expect((await plans.targets(key))[0]).toMatchObject({ phase: 'Deployed', commit: 'c0ffee', message: '' });
  },

  async 'sets phaseSince when the phase changes, and when something is handed over once more'(bench) {
    const { plans } = bench.store;
    const key = await oneTarget(bench);
    const since = async (phase: TargetChange['phase'], message: string): Promise<number> => {
      await plans.moveTargets(key, 1, [change(bench, phase, { message })]);
      return Date.parse((await plans.targets(key))[0]?.phaseSince ?? '');
    };
    const ready = await since('Ready', 'a');
    const later = async (phase: TargetChange['phase']): Promise<number> => {
      let at = await since(phase, '');
      for (let tries = 0; tries < 50 && at === ready; tries += 1) at = await since(phase, `${tries}`);
      return at;
    };
    expect(await later('Ready')).toBe(ready);
    expect(await later('Handed')).toBeGreaterThan(ready);
    expect(await later('Handed')).toBeGreaterThan(ready);
  },

  async 'leaves targets that belong to a newer operation'(bench) {
    const { plans } = bench.store;
    const key = await oneTarget(bench);
    const objects = [`${bench.unique}-g`];
    await bench.operate(key, 'update', [{ app: 'a', cluster: `${bench.unique}-c1`, objects, text: 'new' }]);
    await plans.moveTargets(key, 1, [change(bench, 'Ready', { commit: 'old' })]);
    expect((await plans.targets(key))[0]).toMatchObject({ phase: 'Pending', commit: '', operation: 2 });
    await plans.moveTargets(key, 2, [change(bench, 'Handed')]);
    expect((await plans.targets(key))[0]).toMatchObject({ phase: 'Handed' });
  },

  async 'says which clusters do not answer, and counts their targets as offline'(bench) {
    const { plans } = bench.store;
    const key = await oneTarget(bench);
    await plans.setConnectivity(clusterOf(bench), 'Retrying', 'connection refused');
    expect((await plans.targets(key))[0]).toMatchObject({ connectivity: 'Retrying', message: 'connection refused' });
    expect(await plans.progress(key)).toMatchObject({ total: 1, pending: 1, offline: 1 });
    await plans.setConnectivity(clusterOf(bench), 'Available', '');
    expect((await plans.targets(key))[0]).toMatchObject({ connectivity: 'Available', message: '' });
    expect(await plans.progress(key)).toMatchObject({ offline: 0 });
  },

  async 'names the groups on a cluster until they are gone from it'(bench) {
    const { groups, plans } = bench.store;
    const [one, two] = [await oneTarget(bench, 'one'), await oneTarget(bench, 'two')];
    const [first, second] = [await groups.find(one), await groups.find(two)];
    expect(await plans.groupsOn(clusterOf(bench))).toEqual([
      { group: one, gid: first?.gid },
      { group: two, gid: second?.gid },
    ]);
    await plans.moveTargets(one, 9, [change(bench, 'Removed')]);
    expect(await plans.groupsOn(clusterOf(bench))).toEqual([{ group: two, gid: second?.gid }]);
    expect(await plans.groupsOn(toCluster(`${bench.unique}-c9`))).toEqual([]);
  },

  async 'keeps the newest observation of each app on each cluster'(bench) {
    const { plans } = bench.store;
    const gid = bench.unique;
    await plans.observe([observe(bench, gid), observe(bench, gid, { app: 'a/crds', resources: [] })]);
    const newer = observe(bench, gid, { message: 'newer', observedAt: '2026-11-22T10:00:05.000Z' });
    await plans.observe([newer, observe(bench, gid, { app: 'b' }), observe(bench, gid, { app: 'b', current: false })]);
    await plans.observe([observe(bench, gid, { message: 'late', observedAt: '2026-11-22T10:00:01.000Z' })]);
    expect(await plans.observations(gid)).toEqual([
      newer,
      observe(bench, gid, { app: 'a/crds', resources: [] }),
      observe(bench, gid, { app: 'b', current: false }),
    ]);
    expect(await plans.observations('none')).toEqual([]);
  },

  async 'keeps the first outcome of a change set'(bench) {
    const { blobs, plans } = bench.store;
    const key = await oneTarget(bench);
    const digest = await blobs.put(Buffer.from(bench.unique));
    expect(await plans.findChangeSet(digest)).toBeNull();
    await plans.saveChangeSet(digest, key, 1);
    await plans.saveChangeSet(digest, key, 1);
    const handed = { state: 'handed', commit: '', tree: '', message: '' } as const;
    expect(await plans.findChangeSet(digest)).toEqual(handed);
    const outcome = { state: 'committed', commit: 'c1', tree: 't1', message: '' } as const;
    await plans.endChangeSet(digest, handed);
    await plans.endChangeSet(digest, outcome);
    await plans.endChangeSet(digest, { ...outcome, state: 'failed', message: 'late' });
    expect(await plans.findChangeSet(digest)).toEqual(outcome);
  },
};
