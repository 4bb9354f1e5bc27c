import { expect } from 'vitest';

import type { TargetRow } from '#domain/status.ts';

import type { StoreBench, StoreCases, Wish } from './store-case.ts';

const holds = (bench: StoreBench, cluster: string, objects: readonly string[]): readonly Wish[] => [
  { app: 'a', cluster: `${bench.unique}-${cluster}`, objects: objects.map((name) => `${bench.unique}-${name}`) },
];

async function moveAll(bench: StoreBench, group: TargetRow['group'], phase: TargetRow['phase']): Promise<void> {
  const rows = await bench.store.plans.targets(group);
  const changes = rows.map(({ app, cluster }) => ({ app, cluster, phase }));
  await bench.store.plans.moveTargets(group, 1000, changes);
}

export const claimCases: StoreCases = {
  async 'refuses an object that another live group has on the cluster, naming both'(bench) {
    const [one, two] = [await bench.approvedGroup('one'), await bench.approvedGroup('two')];
    await bench.operate(one, 'instantiate', holds(bench, 'c1', ['x', 'y']));
    const operation = await bench.begin(two, 'instantiate');
    await expect(bench.freeze(two, operation, holds(bench, 'c1', ['y', 'z']))).rejects.toMatchObject({
      code: 'object-owned',
      problems: [
        {
          object: `object /ConfigMap/shop/${bench.unique}-y on cluster edge+${bench.unique}-c1`,
          found: `group ${one}`,
        },
      ],
    });
    expect(await bench.store.plans.targets(two)).toEqual([]);
    await bench.freeze(two, operation, holds(bench, 'c2', ['x', 'y']));
    expect(await bench.store.plans.targets(two)).toHaveLength(1);
  },

  async 'names at most twenty objects'(bench) {
    const many = Array.from({ length: 60 }, (_, index) => `o${index}`);
    await bench.operate(await bench.approvedGroup('one'), 'instantiate', holds(bench, 'c1', many));
    const two = await bench.approvedGroup('two');
    const operation = await bench.begin(two, 'instantiate');
    const refused = await bench.freeze(two, operation, holds(bench, 'c1', many)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'object-owned' });
    expect(refused).toHaveProperty('problems.length', 20);
  },

  async 'gives an object to one of two groups that race for it'(bench) {
    for (let round = 0; round < 5; round += 1) {
      const names = [`one${round}`, `two${round}`, `three${round}`];
      const groups = await Promise.all(names.map((name) => bench.approvedGroup(name)));
      const freezes = await Promise.all(
        groups.map(async (group) =>
          bench.freezing(group, await bench.begin(group, 'instantiate'), holds(bench, `c${round}`, ['x'])),
        ),
      );
      const results = await Promise.allSettled(freezes.map((request) => bench.store.plans.freeze(request)));
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    }
  },

  async 'holds an object that an update drops until the update got through'(bench) {
    const [one, two] = [await bench.approvedGroup('one'), await bench.approvedGroup('two')];
    await bench.operate(one, 'instantiate', holds(bench, 'c1', ['x', 'y']));
    await moveAll(bench, one, 'Ready');
    await bench.operate(one, 'update', holds(bench, 'c1', ['x']));
    const operation = await bench.begin(two, 'instantiate');
    const freeze = (): Promise<void> => bench.freeze(two, operation, holds(bench, 'c1', ['y']));
    await expect(freeze()).rejects.toMatchObject({ code: 'object-owned' });
    await moveAll(bench, one, 'Deployed');
    await freeze();
    expect(await bench.store.plans.targets(two)).toHaveLength(1);
  },

  async 'holds the objects of a leaving group until they are removed'(bench) {
    const [one, two] = [await bench.approvedGroup('one'), await bench.approvedGroup('two')];
    await bench.operate(one, 'instantiate', holds(bench, 'c1', ['x']));
    await moveAll(bench, one, 'Committed');
    await bench.operate(one, 'terminate', null);
    const operation = await bench.begin(two, 'instantiate');
    const freeze = (): Promise<void> => bench.freeze(two, operation, holds(bench, 'c1', ['x']));
    await expect(freeze()).rejects.toMatchObject({ code: 'object-owned' });
    await moveAll(bench, one, 'Removing');
    await expect(freeze()).rejects.toMatchObject({ code: 'object-owned' });
    await moveAll(bench, one, 'Removed');
    await freeze();
    expect(await bench.store.plans.targets(two)).toHaveLength(1);
  },

  async 'lets a group update what it holds'(bench) {
    const [one, two] = [await bench.approvedGroup('one'), await bench.approvedGroup('two')];
    await bench.operate(one, 'instantiate', holds(bench, 'c1', ['x']));
    await bench.operate(two, 'instantiate', holds(bench, 'c1', ['z']));
    await bench.operate(one, 'update', holds(bench, 'c1', ['x', 'y']));
    const operation = await bench.begin(one, 'update');
    const greedy = bench.freeze(one, operation, holds(bench, 'c1', ['x', 'y', 'z']));
    await expect(greedy).rejects.toMatchObject({ code: 'object-owned', problems: [{ found: `group ${two}` }] });
  },
};
