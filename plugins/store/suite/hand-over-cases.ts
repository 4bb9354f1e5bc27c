import { expect } from 'vitest';

import type { GroupKey } from '#domain/group.ts';

import { endAll, handOver, migrate, toTarget } from './migrate.ts';
import type { StoreBench, StoreCases, Wish } from './store-case.ts';
import { actor } from './store-case.ts';

const recordRefusal = { recordRefusal: true };

const on = (bench: StoreBench, app: string, text: string): Wish => ({
  app,
  cluster: bench.unique,
  objects: [`${bench.unique}-${app}`],
  text,
});

/** Everything of the group stands. */
async function deliver(bench: StoreBench, group: GroupKey): Promise<void> {
  const { plans, groups } = bench.store;
  const operation = (await groups.find(group))?.operation ?? 0;
  const moves = (await plans.targets(group)).map(({ app, cluster }) => ({ app, cluster, phase: 'Ready' as const }));
  await plans.moveTargets(group, operation, moves);
}

async function makePair(bench: StoreBench): Promise<{ from: GroupKey; to: GroupKey }> {
  const [from, to] = [await bench.approvedGroup('from'), await bench.approvedGroup('to')];
  await bench.operate(from, 'instantiate', [on(bench, 'web', 'one'), on(bench, 'db', 'one')]);
  await deliver(bench, from);
  await endAll(bench, from);
  return { from, to };
}

export const handOverCases: StoreCases = {
  async 'gives gid, targets and revisions to the target, touches what is equal in nothing, and removes what is not wanted'(
    bench,
  ) {
    const { groups, plans } = bench.store;
    const { from, to } = await makePair(bench);
    const before = await groups.find(from);
    const wishes = [on(bench, 'web', 'one'), on(bench, 'api', 'one')];
    const made = await migrate(bench, { from, to, wishes });
    expect(made).toEqual({ operation: 3, revision: 2 });
    expect(await plans.targets(from)).toEqual([]);
    expect((await plans.targets(to)).map((row) => [row.app, row.phase, row.bundle === null, row.operation])).toEqual([
      ['api', 'Pending', false, 3],
      ['db', 'Pending', true, 3],
      ['web', 'Ready', false, 3],
    ]);
    expect(await groups.find(to)).toMatchObject({
      state: 'Instantiated',
      gid: before?.gid,
      statusContext: before?.statusContext,
      operation: 3,
      lastRevision: 2,
    });
    const source = await groups.find(from);
    expect(source).toMatchObject({ state: 'Updated', gid: '' });
    expect(source?.actions.at(-1)).toMatchObject({ state: 'Updated', instance: before?.gid, revision: 1 });
    expect((await groups.listRevisions(to)).map(({ revision }) => revision)).toEqual([1, 2]);
    expect(await groups.listRevisions(from)).toEqual([]);
  },

  async 'ends the operation of the source and leaves one of the same id to begin at the target, whatever is lost then'(
    bench,
  ) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    await migrate(bench, { from, to, wishes: [on(bench, 'web', 'two')] });
    const [asked] = await groups.listOperations(from, 1);
    expect(asked).toMatchObject({ kind: 'migrate', state: 'done', message: expect.stringContaining('v1/to') });
    const open = (await groups.listOpenOperations()).filter(({ group }) => group === to);
    expect(open).toMatchObject([{ operationId: asked?.operationId, kind: 'migrate', state: 'requested', revision: 2 }]);
    const begun = await groups.begin(to, asked?.operationId ?? '');
    expect(begun).toMatchObject({ state: 'accepted', number: 3 });
    await groups.remove(from, actor);
    expect(await groups.find(from)).toBeNull();
  },

  async 'hands over once for one operation id, however often and at once it is asked'(bench) {
    const { from, to } = await makePair(bench);
    const operation = await bench.begin(from, 'migrate', toTarget(to));
    const wishes = [on(bench, 'web', 'two')];
    const made = await Promise.all([1, 2, 3].map(() => handOver(bench, operation, { from, to, wishes })));
    expect(new Set(made.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await bench.store.groups.listOperations(to, 9)).toHaveLength(1);
  },

  async 'gives numbers above both groups, and what of the source comes late moves nothing'(bench) {
    const { groups, plans } = bench.store;
    const { from, to } = await makePair(bench);
    for (const kind of ['instantiate', 'update', 'terminate'] as const)
      await bench.operate(to, kind, kind === 'terminate' ? null : [on(bench, 'old', 'one')]);
    await plans.moveTargets(to, 3, [
      { app: 'old', cluster: (await plans.targets(to))[0]?.cluster ?? ('' as never), phase: 'Removed' },
    ]);
    await endAll(bench, to);
    await groups.approve(to, actor);
    const wishes = [on(bench, 'web', 'two')];
    expect(await migrate(bench, { from, to, wishes })).toEqual({ operation: 4, revision: 3 });
    const row = (await plans.targets(to)).find(({ app }) => app === 'web');
    await plans.moveTargets(from, 1, [{ app: 'web', cluster: row?.cluster ?? ('' as never), phase: 'Failed' }]);
    await plans.moveTargets(to, 3, [{ app: 'web', cluster: row?.cluster ?? ('' as never), phase: 'Failed' }]);
    expect((await plans.targets(to)).find(({ app }) => app === 'web')?.phase).toBe('Pending');
    // Numbers 1 and 2 mean something else in the target's history.
    expect((await groups.listRevisions(to)).map(({ revision }) => revision)).toEqual([3]);
  },

  async 'goes there and back again, revisions and all'(bench) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    const gid = (await groups.find(from))?.gid;
    await migrate(bench, { from, to, wishes: [on(bench, 'web', 'two')] });
    await endAll(bench, to);
    await groups.approve(from, actor);
    await migrate(bench, { from: to, to: from, wishes: [on(bench, 'web', 'three')] });
    expect(await groups.find(from)).toMatchObject({ gid, state: 'Instantiated', lastRevision: 3 });
    expect((await groups.listRevisions(from)).map(({ revision }) => revision)).toEqual([1, 2, 3]);
    const back = await groups.request(from, bench.request('rollback', { toRevision: 1 }), recordRefusal);
    expect(back).toMatchObject({ state: 'requested', revision: 4 });
  },

  async 'gives the source a gid of its own when it is instantiated again'(bench) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    await migrate(bench, { from, to, wishes: [on(bench, 'web', 'two')] });
    await groups.approve(from, actor);
    const again = await bench.operate(from, 'instantiate', [on(bench, 'other', 'one')]);
    expect(again.revision).toBe(2);
    const [one, other] = [await groups.find(from), await groups.find(to)];
    expect(one?.gid).toBe(again.instance);
    expect(one?.gid).not.toBe(other?.gid);
    const taken = bench.operate(from, 'update', [on(bench, 'web', 'two')]);
    await expect(taken).rejects.toMatchObject({ code: 'object-owned', message: expect.stringContaining(String(to)) });
  },

  async 'leaves both groups as they were when it cannot be'(bench) {
    const { groups, plans } = bench.store;
    const { from, to } = await makePair(bench);
    const owner = await bench.approvedGroup('owner');
    await bench.operate(owner, 'instantiate', [on(bench, 'theirs', 'one')]);
    const [source, rest] = [await groups.find(from), [await groups.find(to), await plans.targets(from)]];
    const operation = await bench.begin(from, 'migrate', toTarget(to));
    const taken = handOver(bench, operation, { from, to, wishes: [on(bench, 'theirs', 'two')] });
    await expect(taken).rejects.toMatchObject({ code: 'object-owned' });
    expect(await groups.find(from)).toEqual({ ...source, operation: operation.number });
    expect([await groups.find(to), await plans.targets(from)]).toEqual(rest);
  },

  async 'is refused by a target that is not Approved, at the request and again when it hands over'(bench) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    const ask = (migrateTo: { version: string; group: string }) =>
      groups.request(from, bench.request('migrate', { migrateTo }), recordRefusal);
    expect(await ask({ version: 'v9', group: 'to' })).toMatchObject({ state: 'refused' });
    expect(await ask({ version: 'v1', group: 'from' })).toMatchObject({ state: 'refused' });
    const operation = await bench.begin(from, 'migrate', toTarget(to));
    await bench.operate(to, 'instantiate', [on(bench, 'own', 'one')]);
    await expect(handOver(bench, operation, { from, to, wishes: [on(bench, 'web', 'two')] })).rejects.toMatchObject({
      code: 'transition-illegal',
      message: expect.stringContaining('expected state Approved, found Instantiated'),
    });
    const late = await ask({ version: 'v1', group: 'to' });
    expect(late).toMatchObject({ state: 'refused', message: expect.stringContaining('which allows update') });
  },

  async 'gives way to an operation that was asked after it, before its hand-over'(bench) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    const operation = await bench.begin(from, 'migrate', toTarget(to));
    await groups.request(from, bench.request('terminate'), { recordRefusal: false });
    const late = handOver(bench, operation, { from, to, wishes: [on(bench, 'web', 'two')] });
    await expect(late).rejects.toMatchObject({ code: 'operation-superseded' });
    expect(await groups.find(to)).toMatchObject({ state: 'Approved', gid: '' });
  },

  async 'hands a pause over too'(bench) {
    const { groups } = bench.store;
    const { from, to } = await makePair(bench);
    await groups.request(from, bench.request('pause'), { recordRefusal: false });
    await migrate(bench, { from, to, wishes: [on(bench, 'web', 'two')] });
    expect([(await groups.find(from))?.paused, (await groups.find(to))?.paused]).toEqual([false, true]);
  },
};

export const stoppedCases: StoreCases = {
  async 'resumes what was stopped: the frozen plan, or the operation that had not come that far'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.begin(key, 'instantiate');
    await bench.begin(key, 'stop');
    expect(await bench.begin(key, 'resume')).toMatchObject({ kind: 'instantiate', revision: 2, state: 'accepted' });
    const frozen = await bench.operate(key, 'update', [on(bench, 'web', 'one')]);
    await bench.begin(key, 'stop');
    const resumed = await bench.begin(key, 'resume');
    expect(resumed).toMatchObject({ kind: 'rollback', toRevision: frozen.revision, instance: frozen.instance });
    expect(await groups.find(key)).toMatchObject({ state: 'Instantiated' });
    await bench.begin(key, 'terminate');
    await bench.begin(key, 'stop');
    expect(await bench.begin(key, 'resume')).toMatchObject({ kind: 'terminate', revision: 0 });
    expect(await groups.find(key)).toMatchObject({ state: 'Terminated' });
  },

  async 'keeps a group of which something is left on a cluster, and removes it when nothing is'(bench) {
    const { groups, plans } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.operate(key, 'instantiate', [on(bench, 'web', 'one')]);
    await deliver(bench, key);
    await bench.operate(key, 'terminate', null);
    const stop = await bench.begin(key, 'stop');
    await endAll(bench, key);
    await expect(groups.remove(key, actor)).rejects.toMatchObject({
      code: 'transition-illegal',
      message: expect.stringContaining('1 targets: terminate it first'),
    });
    const cluster = (await plans.targets(key))[0]?.cluster ?? ('' as never);
    await plans.moveTargets(key, stop.number, [{ app: 'web', cluster, phase: 'Removed' }]);
    await groups.remove(key, actor);
    expect(await groups.find(key)).toBeNull();
  },
};
