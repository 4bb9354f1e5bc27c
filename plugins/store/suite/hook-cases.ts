import { expect } from 'vitest';

import type { GroupKey } from '#domain/group.ts';
import type { HookChange, HookProgress } from '#domain/hooks.ts';
import type { OperationKind } from '#domain/operation.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { TargetChange } from '#domain/ports/plans.ts';

import { endAll, migrate } from './migrate.ts';
import { type StoreBench, type StoreCases, toCluster, type Wish } from './store-case.ts';

const hook = {
  path: 'job-a.yaml',
  kind: 'Job',
  name: 'a',
  namespace: 'shop',
  events: ['pre-install'],
  weight: 0,
  deletePolicies: ['before-hook-creation'],
} as const;

const content = 'c'.repeat(64) as BlobAddress; // any 64 hex digits are an address

interface Wanted {
  readonly text?: string;
  readonly hooks?: readonly (typeof hook)[];
}

const wish = (bench: StoreBench, { text = '1', hooks = [hook] }: Wanted = {}) => [
  { app: 'a', cluster: `${bench.unique}-c1`, objects: [bench.unique], text, hooks },
];

const hookOf = async ({ store }: StoreBench, group: GroupKey): Promise<HookProgress | null | undefined> =>
  (await store.plans.targets(group))[0]?.hook;

const change = (bench: StoreBench, more: Partial<TargetChange>): TargetChange => ({
  app: 'a',
  cluster: toCluster(`${bench.unique}-c1`),
  phase: null,
  ...more,
});

const handed: HookChange = {
  from: { done: 0, state: 'idle' },
  to: { occasion: 'install', done: 0, state: 'handed', content },
};
const ended: HookChange = {
  from: { done: 0, state: 'handed' },
  to: { occasion: null, done: 0, state: 'idle', content: null },
};
/** Of an occasion whose hooks are all behind it. */
const allEnded: HookChange = { ...ended, from: { done: 0, state: 'idle' } };

async function installed(bench: StoreBench, wanted: Wanted = {}): Promise<GroupKey> {
  const group = await bench.approvedGroup('g');
  const { number } = await bench.operate(group, 'instantiate', wish(bench, wanted));
  const { plans } = bench.store;
  await plans.moveTargets(group, number, [change(bench, { hook: handed })]);
  await plans.moveTargets(group, number, [change(bench, { phase: 'Ready', commit: 'c1', hook: ended })]);
  return group;
}

export const hookCases: StoreCases = {
  async 'knows the hooks of a bundle'(bench) {
    const [wanted] = wish(bench);
    await bench.operate(await bench.approvedGroup('g'), 'instantiate', wish(bench));
    const address = bench.addressOf({ ...wanted, app: 'a', cluster: '', objects: [bench.unique] });
    expect((await bench.store.plans.findBundles([address])).get(address)?.hooks).toEqual([hook]);
  },

  async 'begins hooks where something is to do, and none where a bundle has none or stands'(bench) {
    const group = await bench.approvedGroup('plain');
    const [plain] = wish(bench, { hooks: [] });
    await bench.operate(group, 'instantiate', plain === undefined ? [] : [{ ...plain, objects: ['plain'] }]);
    expect(await hookOf(bench, group)).toBeNull();
    const other = await installed(bench);
    expect(await hookOf(bench, other)).toBeNull();
    await bench.operate(other, 'update', wish(bench));
    expect(await hookOf(bench, other)).toBeNull();
    expect((await bench.store.plans.targets(other))[0]).toMatchObject({ phase: 'Ready', commit: 'c1' });
  },

  async 'takes the occasion from what stood and what is asked'(bench) {
    const group = await bench.approvedGroup('g');
    const occasion = async (kind: OperationKind, wanted: Wanted | null, toRevision: number | null = null) => {
      const operation = await bench.begin(group, kind, { toRevision });
      await bench.freeze(group, operation, wanted === null ? null : wish(bench, wanted));
      const found = await hookOf(bench, group);
      const settled = change(bench, { phase: 'Ready', commit: 'c1' });
      return {
        found: found?.occasion,
        end: () => bench.store.plans.moveTargets(group, operation.number, [{ ...settled, hook: allEnded }]),
      };
    };
    expect((await occasion('instantiate', {})).found).toBe('install');
    const again = await occasion('update', { text: '2' });
    expect(again.found).toBe('install'); // the install never came to its end
    await again.end();
    const upgrade = await occasion('update', { text: '3' });
    expect(upgrade.found).toBe('upgrade');
    await upgrade.end();
    const rollback = await occasion('rollback', { text: '2' }, 2);
    expect(rollback.found).toBe('rollback');
    await rollback.end();
    expect((await occasion('terminate', null)).found).toBe('delete');
  },

  async 'takes a migration for an upgrade where something stood, an install where nothing did, a delete where it goes'(
    bench,
  ) {
    const { groups, plans } = bench.store;
    const [from, to] = [await bench.approvedGroup('from'), await bench.approvedGroup('to')];
    const hooked = (app: string, text: string): Wish => ({
      app,
      cluster: bench.unique,
      objects: [`${bench.unique}-${app}`],
      text,
      hooks: [hook],
    });
    const first = ['changed', 'cut', 'gone', 'same'].map((app) => hooked(app, 'one'));
    const { number } = await bench.operate(from, 'instantiate', first);
    const arrived = (await plans.targets(from)).filter(({ app }) => app !== 'cut');
    await plans.moveTargets(
      from,
      number,
      arrived.map(({ app, cluster }) => ({ app, cluster, phase: 'Ready', hook: allEnded })),
    );
    await endAll(bench, from);
    const wishes = [hooked('changed', 'two'), hooked('cut', 'two'), hooked('new', 'two'), hooked('same', 'one')];
    await migrate(bench, { from, to, wishes });
    const occasions = async (): Promise<unknown> =>
      Object.fromEntries((await plans.targets(to)).map(({ app, hook }) => [app, hook?.occasion ?? null]));
    // The install of `cut` never came to the end of its hooks.
    expect(await occasions()).toEqual({
      changed: 'upgrade',
      cut: 'install',
      gone: 'delete',
      new: 'install',
      same: null,
    });
    const due = (await plans.targets(to)).filter((row) => row.hook !== null);
    await plans.moveTargets(
      to,
      (await groups.find(to))?.operation ?? 0,
      due.map(({ app, cluster, bundle }) => {
        const phase = bundle === null ? ('Removed' as const) : ('Ready' as const);
        return { app, cluster, phase, hook: allEnded };
      }),
    );
    await endAll(bench, to);
    const back = await bench.begin(to, 'rollback', { toRevision: 1 });
    await bench.freeze(to, back, first);
    expect(await occasions()).toEqual({
      changed: 'rollback',
      cut: 'rollback',
      gone: 'install',
      new: 'delete',
      same: null,
    });
  },

  async 'remembers what a terminate was asked, and has no occasion where hooks are left out'(bench) {
    const group = await installed(bench);
    const removal = { deleteCrds: false, skipHooks: true };
    const operation = await bench.begin(group, 'terminate', { removal });
    expect((await bench.store.groups.findOperation(group, operation.operationId))?.removal).toEqual(removal);
    await bench.store.plans.freeze({ ...(await bench.freezing(group, operation, null)), removal });
    expect(await hookOf(bench, group)).toBeNull();
  },

  async 'writes a row only where its hook stands as expected'(bench) {
    const group = await bench.approvedGroup('g');
    const { number } = await bench.operate(group, 'instantiate', wish(bench));
    const { plans } = bench.store;
    await plans.moveTargets(group, number, [change(bench, { message: 'runs', hook: handed })]);
    expect((await plans.targets(group))[0]).toMatchObject({
      phase: 'Pending',
      message: 'runs',
      hook: { occasion: 'install', done: 0, state: 'handed', content },
    });
    await plans.moveTargets(group, number, [change(bench, { phase: 'Failed', message: 'late', hook: handed })]);
    expect((await plans.targets(group))[0]).toMatchObject({ phase: 'Pending', message: 'runs' });
    await plans.moveTargets(group, number, [change(bench, { phase: 'Ready', hook: ended })]);
    expect((await plans.targets(group))[0]).toMatchObject({ phase: 'Ready', hook: null });
  },

  async 'leaves what a hook of an earlier operation wrote to be cleared by the next'(bench) {
    const group = await bench.approvedGroup('g');
    const { number } = await bench.operate(group, 'instantiate', wish(bench));
    await bench.store.plans.moveTargets(group, number, [change(bench, { hook: handed })]);
    await bench.operate(group, 'update', wish(bench, { text: '2', hooks: [] }));
    expect(await hookOf(bench, group)).toMatchObject({ occasion: null, state: 'left', content });
    await bench.operate(group, 'terminate', null);
    expect(await hookOf(bench, group)).toMatchObject({ occasion: null, state: 'left', content });
  },
};
