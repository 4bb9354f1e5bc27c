import { expect } from 'vitest';

import type { StoreBench, StoreCases, Wish } from './store-case.ts';

const throwRefusal = { recordRefusal: false };

const version = (bench: StoreBench, text: string): readonly Wish[] => [
  { app: 'web', cluster: bench.unique, objects: [bench.unique], text },
];

export const rollbackCases: StoreCases = {
  async 'takes a frozen revision again under a new number and its old instance'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const first = await bench.operate(key, 'instantiate', version(bench, 'one'));
    await bench.operate(key, 'update', version(bench, 'two'));
    const back = await bench.begin(key, 'rollback', { toRevision: 1 });
    expect(back).toMatchObject({ revision: 3, toRevision: 1, instance: first.instance });
    await bench.freeze(key, back, version(bench, 'one'));
    const revisions = await groups.listRevisions(key);
    expect(revisions.map(({ revision, rolledBackTo }) => [revision, rolledBackTo])).toEqual([
      [1, null],
      [2, null],
      [3, 1],
    ]);
    expect(revisions[2]?.digest).toBe(revisions[0]?.digest);
    expect((await groups.find(key))?.actions.at(-1)).toMatchObject({ state: 'Instantiated', instance: first.instance });
  },

  async 'refuses a revision that was never frozen, naming those that were'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.operate(key, 'instantiate', version(bench, 'one'));
    await bench.begin(key, 'update');
    for (const toRevision of [2, 7, null]) {
      const refused = groups.request(key, bench.request('rollback', { toRevision }), throwRefusal);
      await expect(refused).rejects.toMatchObject({
        code: 'revision-not-found',
        message: expect.stringContaining('a revision that exists (1)'),
      });
    }
    expect(await groups.findRevision(key, 2)).toBeNull();
  },

  async 'keeps the last twenty revisions and the last verified one'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.operate(key, 'instantiate', version(bench, 'r1'));
    await bench.operate(key, 'update', version(bench, 'r2'));
    await groups.markVerified(key, 2);
    for (let revision = 3; revision <= 24; revision += 1)
      await bench.operate(key, 'update', version(bench, `r${revision}`));
    const kept = (await groups.listRevisions(key)).map(({ revision }) => revision);
    expect(kept).toEqual([2, ...Array.from({ length: 20 }, (_, index) => index + 5)]);
    expect(await groups.findRevision(key, 2)).toMatchObject({ revision: 2, verified: true });
    const late = groups.request(key, bench.request('rollback', { toRevision: 4 }), throwRefusal);
    await expect(late).rejects.toMatchObject({ code: 'revision-expired' });
    await groups.request(key, bench.request('rollback', { toRevision: 2 }), throwRefusal);
  },

  async 'keeps the revision that an open rollback names'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.operate(key, 'instantiate', version(bench, 'r1'));
    await bench.begin(key, 'rollback', { toRevision: 1 });
    for (let revision = 3; revision <= 26; revision += 1) await bench.operate(key, 'update', version(bench, 'same'));
    expect(await groups.findRevision(key, 1)).toMatchObject({ revision: 1 });
  },
};
