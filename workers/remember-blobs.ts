/** Bytes that were just stored are mostly read by the next step: a bounded memory in front of the database. */
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';

export interface MemoryLimits {
  readonly bytes: number;
  /** What the daily sweep took must not be found here for long. */
  readonly ageMs: number;
  readonly now: () => number;
}

interface Remembered {
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
}

/** An address says its content, so what is remembered can't be wrong; the oldest goes first. */
export function rememberBlobs(blobs: Blobs, limits: MemoryLimits): Blobs {
  const memory = new Map<BlobAddress, Remembered>();
  let held = 0;
  const forget = (address: BlobAddress): void => {
    held -= memory.get(address)?.bytes.length ?? 0;
    memory.delete(address);
  };
  const remember = (address: BlobAddress, bytes: Uint8Array): void => {
    forget(address);
    if (bytes.length > limits.bytes) return;
    memory.set(address, { bytes, sinceMs: limits.now() });
    held += bytes.length;
    for (const oldest of memory.keys()) {
      if (held <= limits.bytes) return;
      forget(oldest);
    }
  };
  const recall = (address: BlobAddress): Uint8Array | undefined => {
    const found = memory.get(address);
    if (found === undefined || limits.now() - found.sinceMs < limits.ageMs) return found?.bytes;
    forget(address);
    return undefined;
  };
  const putMany: Blobs['putMany'] = async (all) => {
    const addresses = await blobs.putMany(all);
    for (const [index, address] of addresses.entries()) remember(address, all[index] ?? new Uint8Array());
    return addresses;
  };
  return {
    addressOf: (bytes) => blobs.addressOf(bytes),
    putMany,
    async put(bytes) {
      const address = await blobs.put(bytes);
      remember(address, bytes);
      return address;
    },
    async get(address) {
      const known = recall(address);
      if (known !== undefined) return known;
      const bytes = await blobs.get(address);
      remember(address, bytes);
      return bytes;
    },
    async getMany(addresses) {
      const known = new Map<BlobAddress, Uint8Array>();
      for (const address of addresses) {
        const bytes = recall(address);
        if (bytes !== undefined) known.set(address, bytes);
      }
      const missing = addresses.filter((address) => !known.has(address));
      if (missing.length === 0) return known;
      for (const [address, bytes] of await blobs.getMany(missing)) {
        remember(address, bytes);
        known.set(address, bytes);
      }
      return known;
    },
  };
}
