import { randomBytes } from 'node:crypto';

import { expect } from 'vitest';

import type { StoreCases } from './store-case.ts';

export const blobCases: StoreCases = {
  async 'gives back the bytes under their address'(bench) {
    const { blobs } = bench.store;
    const bytes = Buffer.from(`${bench.unique} apiVersion: v1\n`.repeat(100));
    const address = await blobs.put(bytes);
    expect(address).toMatch(/^[0-9a-f]{64}$/);
    expect(address).toBe(blobs.addressOf(bytes));
    expect(Buffer.from(await blobs.get(address))).toEqual(bytes);
  },

  async 'holds nothing, one byte, and what does not compress in several pieces'(bench) {
    const { blobs } = bench.store;
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), randomBytes(3_500_000)]) {
      expect(Buffer.compare(await blobs.get(await blobs.put(bytes)), bytes)).toBe(0);
    }
  },

  async 'stores many in the order given, equal ones once'(bench) {
    const { blobs } = bench.store;
    const texts = Array.from({ length: 700 }, (_, index) => `${bench.unique} ${index % 600} ${'y'.repeat(4000)}`);
    const addresses = await blobs.putMany(texts.map((text) => Buffer.from(text)));
    expect(addresses).toEqual(texts.map((text) => blobs.addressOf(Buffer.from(text))));
    expect(await blobs.putMany(texts.map((text) => Buffer.from(text)))).toEqual(addresses);
    const found = await blobs.getMany(addresses);
    expect(found.size).toBe(600);
    expect(texts.every((text, index) => toText(found.get(addresses[index] ?? addresses[0]!)) === text)).toBe(true);
  },

  async 'stores the same bytes for many at once'(bench) {
    const { blobs } = bench.store;
    const many = Array.from({ length: 6 }, () => ['c', 'a', 'b'].map((text) => Buffer.from(`${bench.unique}${text}`)));
    const all = await Promise.all(many.map((list, index) => blobs.putMany(index % 2 === 0 ? list : list.toReversed())));
    expect(new Set(all.flat()).size).toBe(3);
    expect((await blobs.getMany(all.flat())).size).toBe(3);
  },

  async 'says which address has nothing'(bench) {
    const { blobs } = bench.store;
    const address = blobs.addressOf(Buffer.from(bench.unique));
    await expect(blobs.get(address)).rejects.toMatchObject({ code: 'document-not-found' });
    expect(await blobs.getMany([address])).toEqual(new Map());
  },
};

const toText = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
