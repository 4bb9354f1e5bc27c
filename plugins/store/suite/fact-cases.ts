import { expect } from 'vitest';

import type { StoreCases } from './store-case.ts';

export const factCases: StoreCases = {
  async 'swaps a fact only from the value that is expected'(bench) {
    const { facts } = bench.store;
    const name = `head/${bench.unique}`;
    expect(await facts.get(name)).toBeNull();
    expect(await facts.swap(name, 'x', 'y')).toBe(false);
    expect(await facts.swap(name, null, 'one')).toBe(true);
    expect(await facts.swap(name, null, 'two')).toBe(false);
    expect(await facts.swap(name, 'one', 'two')).toBe(true);
    await facts.set(name, 'three');
    expect(await facts.get(name)).toBe('three');
    expect(await facts.getMany([name, `${name}/none`])).toEqual(new Map([[name, 'three']]));
  },

  async 'lets one of many racing swaps win'(bench) {
    const name = `head/${bench.unique}`;
    await bench.store.facts.set(name, 'start');
    const swaps = await Promise.all(['a', 'b', 'c', 'd'].map((value) => bench.store.facts.swap(name, 'start', value)));
    expect(swaps.filter(Boolean)).toHaveLength(1);
  },

  async 'lists the audit of what begins with a prefix, newest first'(bench) {
    const { audit } = bench.store;
    const row = { time: '2026-11-22T10:00:00.000Z', actor: 'ann', before: '', after: '', detail: 'ü "quoted"' };
    const paths = ['/p', '/p/a', '/q'].map((path) => `/${bench.unique}${path}`);
    for (const object of paths) await audit.append({ ...row, action: 'do', object });
    const found = await audit.list(`/${bench.unique}/p`, 10);
    expect(found).toEqual([1, 0].map((index) => ({ ...row, action: 'do', object: paths[index] })));
    expect(await audit.list(`/${bench.unique}`, 1)).toHaveLength(1);
  },

  async 'answers whether it is alive'(bench) {
    expect(await bench.store.isAlive()).toBe(true);
  },
};
