import { expect } from 'vitest';

import type { Progress, TargetRow } from '#domain/status.ts';

import type { StoreBench, StoreCases, Wish } from './store-case.ts';
import { toCluster } from './store-case.ts';

const wish = (bench: StoreBench, place: string, text = ''): Wish => {
  const [app = '', cluster = ''] = place.split('@');
  return { app, cluster: `${bench.unique}-${cluster}`, objects: [`${bench.unique}-${app}`], text };
};

/** `app@cluster phase` of every target. */
const phases = (bench: StoreBench, rows: readonly TargetRow[]): readonly string[] =>
  rows.map(({ app, cluster, phase }) => `${app}@${cluster.replace(`edge+${bench.unique}-`, '')} ${phase}`);

const none: Progress = {
  total: 0,
  pending: 0,
  handed: 0,
  committed: 0,
  deployed: 0,
  ready: 0,
  failed: 0,
  removing: 0,
  removed: 0,
  offline: 0,
};

export const planCases: StoreCases = {
  async 'freezes a revision with its targets, all Pending'(bench) {
    const { groups, plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const wishes = [wish(bench, 'db@c1'), wish(bench, 'web@c1'), wish(bench, 'web@c2')];
    const operation = await bench.operate(key, 'instantiate', wishes);
    const rows = await plans.targets(key);
    expect(phases(bench, rows)).toEqual(['db@c1 Pending', 'web@c1 Pending', 'web@c2 Pending']);
    expect(rows[1]).toMatchObject({
      group: key,
      gid: operation.instance,
      bundle: bench.addressOf(wish(bench, 'web@c1')),
      previousBundle: null,
      operation: 1,
      revision: 1,
      wave: 1,
      commit: '',
      message: '',
      connectivity: 'Unknown',
    });
    expect(await groups.findRevision(key, 1)).toMatchObject({
      instance: operation.instance,
      operationId: operation.operationId,
      targets: 3,
      bundles: 2,
      rolledBackTo: null,
      verified: false,
    });
    expect(await plans.progress(key)).toEqual({ ...none, total: 3, pending: 3 });
  },

  async 'keeps what stands, renews what failed or changed, and marks what leaves'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const places = ['a@c1', 'a@c2', 'a@c3', 'a@c4', 'a@c5'];
    const first = await bench.operate(
      key,
      'instantiate',
      places.map((place) => wish(bench, place)),
    );
    const move = (cluster: string, phase: TargetRow['phase']): Promise<void> =>
      plans.moveTargets(key, first.number, [
        { app: 'a', cluster: toCluster(`${bench.unique}-${cluster}`), phase, commit: 'f00d', message: `is ${phase}` },
      ]);
    for (const cluster of ['c1', 'c2', 'c3', 'c4', 'c5']) await move(cluster, 'Ready');
    await move('c2', 'Failed');
    await bench.operate(key, 'update', [
      wish(bench, 'a@c1'),
      wish(bench, 'a@c2'),
      wish(bench, 'a@c3', 'new'),
      wish(bench, 'a@c6'),
    ]);
    const rows = await plans.targets(key);
    expect(phases(bench, rows)).toEqual([
      'a@c1 Ready',
      'a@c2 Pending',
      'a@c3 Pending',
      'a@c4 Pending',
      'a@c5 Pending',
      'a@c6 Pending',
    ]);
    const old = bench.addressOf(wish(bench, 'a@c1'));
    const changed = bench.addressOf(wish(bench, 'a@c3', 'new'));
    expect(rows.map(({ bundle, previousBundle }) => [bundle, previousBundle])).toEqual([
      [old, old],
      [old, old],
      [changed, old],
      [null, old],
      [null, old],
      [old, null],
    ]);
    expect(rows.map(({ commit, message }) => `${commit} ${message}`)).toEqual([
      'f00d is Ready',
      ' ',
      ' ',
      ' ',
      ' ',
      ' ',
    ]);
    expect(new Set(rows.map(({ operation, revision }) => `${operation} ${revision}`))).toEqual(new Set(['2 2']));
  },

  async 'remembers what stands under a delivery that was overtaken before it began'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const first = await bench.operate(key, 'instantiate', [wish(bench, 'a@c1', 'one')]);
    const target = { app: 'a', cluster: toCluster(`${bench.unique}-c1`) };
    await plans.moveTargets(key, first.number, [{ ...target, phase: 'Committed', commit: 'c1' }]);
    await bench.operate(key, 'update', [wish(bench, 'a@c1', 'two')]);
    await bench.operate(key, 'update', [wish(bench, 'a@c1', 'three')]);
    expect((await plans.targets(key))[0]?.previousBundle).toBe(bench.addressOf(wish(bench, 'a@c1', 'one')));
    await plans.moveTargets(key, 3, [{ ...target, phase: 'Handed' }]);
    await bench.operate(key, 'terminate', null);
    expect((await plans.targets(key))[0]?.previousBundle).toBe(bench.addressOf(wish(bench, 'a@c1', 'three')));
  },

  async 'marks all targets at terminate and forgets those that are Removed'(bench) {
    const { groups, plans } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.operate(key, 'instantiate', [wish(bench, 'a@c1'), wish(bench, 'a@c2')]);
    const end = await bench.operate(key, 'terminate', null);
    const rows = await plans.targets(key);
    expect(rows.map(({ bundle, phase, operation }) => [bundle, phase, operation])).toEqual([
      [null, 'Pending', end.number],
      [null, 'Pending', end.number],
    ]);
    expect(await groups.listRevisions(key)).toHaveLength(1);
    const changes = rows.map(({ app, cluster }) => ({ app, cluster, phase: 'Removed' as const }));
    await plans.moveTargets(key, end.number, changes.slice(0, 1));
    expect(await plans.progress(key)).toEqual({ ...none, total: 2, pending: 1, removed: 1 });
    await plans.dropRemoved(key);
    expect(phases(bench, await plans.targets(key))).toEqual(['a@c2 Pending']);
    await bench.operate(key, 'instantiate', [wish(bench, 'a@c1'), wish(bench, 'a@c2')]);
    expect(await plans.progress(key)).toEqual({ ...none, total: 2, pending: 2 });
  },

  async 'freezes once for one operation id, whatever comes later'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const operation = await bench.begin(key, 'instantiate');
    const requests = await Promise.all([
      bench.freezing(key, operation, [wish(bench, 'a@c1')]),
      bench.freezing(key, operation, [wish(bench, 'a@c1')]),
    ]);
    await Promise.all(requests.map((request) => plans.freeze(request)));
    await bench.freeze(key, operation, [wish(bench, 'b@c9')]);
    expect(phases(bench, await plans.targets(key))).toEqual(['a@c1 Pending']);
  },

  async 'refuses a plan of an operation that a newer one has passed'(bench) {
    const { groups, plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const old = await bench.begin(key, 'instantiate');
    const request = await bench.freezing(key, old, [wish(bench, 'a@c1')]);
    await bench.begin(key, 'update');
    await expect(plans.freeze(request)).rejects.toMatchObject({ code: 'operation-superseded' });
    expect(await plans.targets(key)).toEqual([]);
    expect(await groups.listRevisions(key)).toEqual([]);
  },

  async 'refuses a plan whose bundle is not stored'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const request = await bench.freezing(key, await bench.begin(key, 'instantiate'), [wish(bench, 'a@c1')]);
    const [target] = request.plan?.content.targets ?? [];
    if (request.plan === null || target === undefined) throw new Error('expected a target, found none');
    const missing = { ...target, bundle: bench.addressOf(wish(bench, 'a@c1', 'nowhere')) };
    const plan = { ...request.plan, content: { ...request.plan.content, targets: [missing] } };
    await expect(plans.freeze({ ...request, plan })).rejects.toMatchObject({ code: 'internal' });
    expect(await plans.targets(key)).toEqual([]);
  },

  async 'freezes five thousand targets and counts them right'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const places = Array.from({ length: 5000 }, (_, index) => `app${index % 5}@c${Math.floor(index / 5)}`);
    const version = (text: string): readonly Wish[] =>
      places.map((place) => wish(bench, place, place.startsWith('app3') ? text : ''));
    const first = await bench.operate(key, 'instantiate', version('one'));
    expect(await plans.progress(key)).toEqual({ ...none, total: 5000, pending: 5000 });
    const rows = await plans.targets(key);
    const changes = rows.map(({ app, cluster }) => ({ app, cluster, phase: 'Ready' as const, commit: 'c'.repeat(40) }));
    await plans.moveTargets(key, first.number, changes);
    await bench.operate(key, 'update', version('two'));
    expect(await plans.progress(key)).toEqual({ ...none, total: 5000, pending: 1000, ready: 4000 });
  },

  async 'keeps what is said of a bundle beside it'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const place = wish(bench, 'a@c1');
    await bench.operate(key, 'instantiate', [place]);
    const address = bench.addressOf(place);
    const found = await plans.findBundles([address, bench.addressOf(wish(bench, 'a@c1', 'other'))]);
    expect([...found.values()]).toEqual([
      {
        address,
        trees: { main: 'a'.repeat(40), crds: null },
        identities: [`/ConfigMap/shop/${bench.unique}-a`],
        objectCount: 1,
        hooks: [],
        hasSecret: false,
      },
    ]);
  },
};
