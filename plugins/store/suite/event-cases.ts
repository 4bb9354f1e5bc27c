import { expect } from 'vitest';

import type { EventPosition, GroupEvent } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';

import type { StoreBench, StoreCases } from './store-case.ts';
import { actor, toCluster } from './store-case.ts';

async function read(bench: StoreBench, group: GroupKey, after: EventPosition | null = null) {
  const page = await bench.store.events.list(group, { after, since: null, limit: 1000 });
  if (page === null) throw new Error('expected a group with events, found none');
  return page;
}

const typesOf = (events: readonly GroupEvent[]): readonly string[] => events.map(({ type }) => type);

export const eventCases: StoreCases = {
  async 'tells the life of an operation in its order, each thing once'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const cluster = `${bench.unique}-c1`;
    const operation = await bench.operate(key, 'instantiate', [{ app: 'a', cluster, objects: [bench.unique] }]);
    await groups.begin(key, operation.operationId);
    await groups.step(key, operation.operationId, 'documents read');
    await groups.step(key, operation.operationId, 'documents read');
    for (let times = 0; times < 2; times += 1) {
      await groups.end(key, operation.operationId, { state: 'done', message: '' });
    }
    const { events, newest } = await read(bench, key);
    expect(typesOf(events)).toEqual(['approved', 'requested', 'accepted', 'planned', 'targets', 'step', 'ended']);
    expect(events.map(({ position }) => position.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(newest).toEqual(events.at(-1)?.position);
    expect(events[1]?.body).toMatchObject({ kind: 'instantiate', number: 1, revision: 1, requestedBy: 'tester' });
    expect(events[4]?.body).toEqual({ number: 1, phases: { Pending: 1 } });
    expect(events[6]?.body).toEqual({
      operation: operation.operationId,
      number: 1,
      kind: 'instantiate',
      state: 'done',
      message: '',
    });
  },

  async 'counts targets by phase when some moved, and names those that failed or drifted'(bench) {
    const { plans } = bench.store;
    const key = await bench.approvedGroup('g');
    const clusters = ['c1', 'c2', 'c3'].map((name) => `${bench.unique}-${name}`);
    await bench.operate(
      key,
      'instantiate',
      clusters.map((cluster) => ({ app: 'a', cluster, objects: [`${bench.unique}-${cluster}`] })),
    );
    const before = (await read(bench, key)).newest;
    const [one, two, three] = clusters.map((cluster) => ({ app: 'a', cluster: toCluster(cluster) }));
    if (one === undefined || two === undefined || three === undefined) throw new Error('expected three clusters');
    const changes = [
      { ...one, phase: 'Ready' as const },
      { ...two, phase: 'Failed' as const, message: 'Deployment web: no room' },
      { ...three, phase: 'Pending' as const, message: 'Drift: ConfigMap a was changed by kubectl' },
    ];
    await plans.moveTargets(key, 1, changes);
    await plans.moveTargets(key, 1, changes);
    const { events } = await read(bench, key, before);
    expect(typesOf(events)).toEqual(['drift', 'failed', 'targets']);
    expect(events.map(({ body }) => body)).toEqual([
      { number: 1, count: 1, targets: [{ ...three, message: 'Drift: ConfigMap a was changed by kubectl' }] },
      { number: 1, count: 1, targets: [{ ...two, message: 'Deployment web: no room' }] },
      { number: 1, phases: { Failed: 1, Pending: 1, Ready: 1 } },
    ]);
  },

  async 'records refused requests, those of signals and those that nobody could read'(bench) {
    const { groups, events } = bench.store;
    const key = await bench.approvedGroup('g');
    await groups.request(key, bench.request('update'), { recordRefusal: true });
    await events.append(key, { type: 'refused', body: { kind: 'nonsense', message: 'what?' } });
    const page = await read(bench, key);
    expect(typesOf(page.events)).toEqual(['approved', 'refused', 'refused']);
    expect(page.events[1]?.body['message']).toContain('a state that allows update');
  },

  async 'goes on after a position, page by page, and from a time'(bench) {
    const { events } = bench.store;
    const key = await bench.approvedGroup('g');
    for (let at = 0; at < 10; at += 1) await events.append(key, { type: 'step', body: { at } });
    const seen: number[] = [];
    let after: EventPosition | null = null;
    for (;;) {
      const page = await events.list(key, { after, since: null, limit: 4 });
      if (page === null || page.events.length === 0) break;
      expect(page.isLost).toBe(false);
      seen.push(...page.events.map(({ position }) => position.sequence));
      after = page.events.at(-1)?.position ?? null;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const late = await events.list(key, { after: null, since: '2999-01-01T00:00:00.000Z', limit: 4 });
    expect([late?.events, late?.newest.sequence]).toEqual([[], 11]);
  },

  async 'says when a position is none of the group, and gives all that is kept'(bench) {
    const { events, groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const { newest } = await read(bench, key);
    expect(await read(bench, key, { ...newest, sequence: newest.sequence + 1 })).toMatchObject({ isLost: true });
    await groups.remove(await bench.approvedGroup('other'), actor);
    const key2 = await bench.approvedGroup('other');
    expect(await events.list(key2, { after: newest, since: null, limit: 9 })).toMatchObject({
      isLost: true,
      events: [{ position: { sequence: 1 } }],
    });
    expect(await events.list(bench.groupKey('none'), { after: null, since: null, limit: 9 })).toBeNull();
  },

  async 'numbers without gaps and doubles what many write at once'(bench) {
    const { events } = bench.store;
    const key = await bench.approvedGroup('g');
    await Promise.all(Array.from({ length: 30 }, (_, at) => events.append(key, { type: 'step', body: { at } })));
    const sequences = (await read(bench, key)).events.map(({ position }) => position.sequence);
    expect(sequences).toEqual(Array.from({ length: 31 }, (_, at) => at + 1));
    const heads = await events.newest([key, bench.groupKey('none')]);
    expect([...heads.values()].map(({ sequence }) => sequence)).toEqual([31]);
  },
};
