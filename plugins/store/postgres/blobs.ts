import { createHmac } from 'node:crypto';

import { Failure } from '#domain/failure.ts';
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';

import { toBatches } from './batches.ts';
import type { SealedPiece } from './blob-codec.ts';
import { openPiece, toPieces } from './blob-codec.ts';
import type { Database } from './database.ts';
import type { Sealer } from './sealer.ts';

export interface BlobsDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly addressKey: Buffer;
}

export function makeBlobs(deps: BlobsDeps): Blobs {
  const addressOf = (bytes: Uint8Array): BlobAddress => toAddress(bytes, deps.addressKey);
  const putMany = async (all: readonly Uint8Array[]): Promise<readonly BlobAddress[]> => {
    const addresses = all.map(addressOf);
    const distinct = new Map(addresses.map((address, index) => [address, all[index] ?? new Uint8Array()]));
    await save(deps, distinct);
    return addresses;
  };
  const getMany = (addresses: readonly BlobAddress[]): Promise<ReadonlyMap<BlobAddress, Uint8Array>> =>
    load(deps, [...new Set(addresses)]);
  return {
    addressOf,
    putMany,
    getMany,
    async put(bytes) {
      await putMany([bytes]);
      return addressOf(bytes);
    },
    async get(address) {
      const found = (await getMany([address])).get(address);
      if (found !== undefined) return found;
      throw new Failure('document-not-found', [{ object: `blob ${address}`, expected: 'stored bytes', found: 'none' }]);
    },
  };
}

export const toAddress = (bytes: Uint8Array | string, addressKey: Buffer): BlobAddress =>
  // the brand says where the digits come from
  createHmac('sha256', addressKey).update(bytes).digest('hex') as BlobAddress;

/** What is there is refreshed, so that the sweep leaves it; only what is missing is compressed, sealed and sent. */
async function save(deps: BlobsDeps, blobs: ReadonlyMap<BlobAddress, Uint8Array>): Promise<void> {
  const { database, sealer } = deps;
  const addresses = [...blobs.keys()].sort();
  const present = new Set<string>();
  for (const batch of toBatches(addresses, (address) => address.length)) {
    const { rows } = await database.query<{ address: string }>(
      `update blobs set put_at = now() where address = any($1) and piece = 0 returning address`,
      [batch],
    );
    for (const row of rows) present.add(row.address);
  }
  const missing = addresses.filter((address) => !present.has(address));
  for (const group of toBatches(missing, (address) => blobs.get(address)?.length ?? 0)) {
    const pieces = group.flatMap((address) => toPieces(address, blobs.get(address) ?? new Uint8Array(), sealer));
    for (const batch of toBatches(pieces, (piece) => piece.content.length)) await insert(database, batch);
  }
}

/** The contents travel as one binary parameter, cut by the statement. */
async function insert(database: Database, pieces: readonly SealedPiece[]): Promise<void> {
  let offset = 1;
  const offsets = pieces.map(({ content }) => (offset += content.length) - content.length);
  await database.query(
    `insert into blobs (address, piece, pieces, content)
     select address, piece, pieces, substring($1::bytea from at for size)
     from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[]) as p (address, piece, pieces, at, size)
     on conflict do nothing`,
    [
      Buffer.concat(pieces.map(({ content }) => content)),
      pieces.map(({ address }) => address),
      pieces.map(({ piece }) => piece),
      pieces.map((piece) => piece.pieces),
      offsets,
      pieces.map(({ content }) => content.length),
    ],
  );
}

interface PieceSize {
  readonly address: BlobAddress;
  readonly bytes: number;
}

async function load(
  { database, sealer }: BlobsDeps,
  addresses: readonly BlobAddress[],
): Promise<ReadonlyMap<BlobAddress, Uint8Array>> {
  const sizes: PieceSize[] = [];
  for (const batch of toBatches(addresses, (address) => address.length)) {
    const { rows } = await database.query<PieceSize>(
      `select address, sum(octet_length(content))::int as bytes from blobs where address = any($1)
       group by address having count(*) = max(pieces) order by address`,
      [batch],
    );
    sizes.push(...rows);
  }
  const found = new Map<BlobAddress, Uint8Array>();
  for (const batch of toBatches(sizes, ({ bytes }) => bytes)) {
    const { rows } = await database.query<SealedPiece & { address: BlobAddress }>(
      `select address, piece, pieces, content from blobs where address = any($1) order by address, piece`,
      [batch.map(({ address }) => address)],
    );
    for (const [address, pieces] of Map.groupBy(rows, (row) => row.address)) {
      found.set(address, Buffer.concat(pieces.map((piece) => openPiece(piece, sealer))));
    }
  }
  return found;
}
