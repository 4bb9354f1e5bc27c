/** Values on their way between two steps, by address. */
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Plain JSON text: what is stored was built by our code member by member, always in the same order, so the same value has
 * the same bytes without sorting, which costs five times as much.
 */
export const toBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** In the order of names, whichever was done first: the same members have the same bytes. */
export const toSortedIndex = <T>(index: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(index).toSorted(([a], [b]) => (a < b ? -1 : 1)));

export const saveJson = (blobs: Blobs, value: unknown): Promise<BlobAddress> => blobs.put(toBytes(value));

/** Trusts what an earlier step wrote under this address. */
export async function loadJson<T>(blobs: Blobs, address: BlobAddress): Promise<T> {
  return JSON.parse(decoder.decode(await blobs.get(address))) as T;
}

export async function loadManyJson<T>(blobs: Blobs, addresses: readonly BlobAddress[]): Promise<Map<BlobAddress, T>> {
  const found = await blobs.getMany([...new Set(addresses)]);
  return new Map([...found].map(([address, bytes]) => [address, JSON.parse(decoder.decode(bytes)) as T]));
}
