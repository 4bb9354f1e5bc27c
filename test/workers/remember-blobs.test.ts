import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';
import { rememberBlobs } from '#workers/remember-blobs.ts';

const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const toAddress = (bytes: Uint8Array): BlobAddress => createHash('sha256').update(bytes).digest('hex') as BlobAddress;

let stored: Map<BlobAddress, Uint8Array>;
let reads: number;
let nowMs: number;
let blobs: Blobs;

function makeStore(): Blobs {
  const save = (bytes: Uint8Array): BlobAddress => {
    stored.set(toAddress(bytes), bytes);
    return toAddress(bytes);
  };
  return {
    addressOf: toAddress,
    put: async (bytes) => save(bytes),
    putMany: async (all) => all.map(save),
    async get(address) {
      reads += 1;
      const bytes = stored.get(address);
      if (bytes !== undefined) return bytes;
      throw new Failure('document-not-found', [{ object: 'blob', expected: 'stored bytes', found: 'none' }]);
    },
    async getMany(addresses) {
      reads += addresses.length;
      return new Map(addresses.flatMap((a) => (stored.has(a) ? [[a, stored.get(a) ?? new Uint8Array()]] : [])));
    },
  };
}

beforeEach(() => {
  stored = new Map();
  reads = 0;
  nowMs = 0;
  blobs = rememberBlobs(makeStore(), { bytes: 10, ageMs: 1000, now: () => nowMs });
});

describe('remembered blobs', () => {
  it('are read without the store right after they were put, and are stored all the same', async () => {
    const [one, two] = await blobs.putMany([toBytes('one'), toBytes('two')]);
    const three = await blobs.put(toBytes('six'));
    expect(stored.size).toBe(3);
    expect(await blobs.getMany([one, two].filter((a) => a !== undefined))).toEqual(
      new Map([
        [one, toBytes('one')],
        [two, toBytes('two')],
      ]),
    );
    expect(await blobs.get(three)).toEqual(toBytes('six'));
    expect(reads).toBe(0);
  });

  it('are asked of the store once, and only those that are missing', async () => {
    const far = toBytes('far');
    stored.set(toAddress(far), far);
    const near = await blobs.put(toBytes('near'));
    await blobs.getMany([near, toAddress(far)]);
    await blobs.getMany([near, toAddress(far)]);
    expect(reads).toBe(1);
  });

  it('leave the oldest out beyond their limit, and never hold one that is larger alone', async () => {
    const old = await blobs.put(toBytes('old-1'));
    const young = await blobs.put(toBytes('young1'));
    const large = await blobs.put(toBytes('x'.repeat(11)));
    await blobs.get(young);
    expect(reads).toBe(0);
    await blobs.get(old);
    await blobs.get(large);
    expect(reads).toBe(2);
  });

  it('are forgotten after a while, so that what the sweep took is missed', async () => {
    const address = await blobs.put(toBytes('gone'));
    stored.clear();
    nowMs = 1000;
    await expect(blobs.get(address)).rejects.toThrow(Failure);
  });
});
