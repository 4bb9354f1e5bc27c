/** Values on their way between two steps, by address. */
import { toCanonicalJson, type Json } from '#domain/json.ts';
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The domain's readonly interfaces are JSON, which their types cannot say. */
export const toBytes = (value: unknown): Uint8Array => encoder.encode(toCanonicalJson(value as Json));

export const saveJson = (blobs: Blobs, value: unknown): Promise<BlobAddress> => blobs.put(toBytes(value));

/** Trusts what an earlier step wrote under this address. */
export async function loadJson<T>(blobs: Blobs, address: BlobAddress): Promise<T> {
  return JSON.parse(decoder.decode(await blobs.get(address))) as T;
}

export async function loadManyJson<T>(blobs: Blobs, addresses: readonly BlobAddress[]): Promise<Map<BlobAddress, T>> {
  const found = await blobs.getMany([...new Set(addresses)]);
  return new Map([...found].map(([address, bytes]) => [address, JSON.parse(decoder.decode(bytes)) as T]));
}
