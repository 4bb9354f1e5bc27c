import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import type { Sealer } from './sealer.ts';

/** Bytes of content in a piece. Pieces are cut before compression, so that a piece is the same whoever writes it. */
const pieceBytes = 1_000_000;

const plain = 0;
const zstd = 1;
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

export interface SealedPiece {
  readonly address: string;
  readonly piece: number;
  readonly pieces: number;
  readonly content: Buffer;
}

/** The pieces of a blob, last first: the first piece makes it exist. */
export function toPieces(address: string, bytes: Uint8Array, sealer: Sealer): readonly SealedPiece[] {
  const pieces = Math.max(1, Math.ceil(bytes.length / pieceBytes));
  return Array.from({ length: pieces }, (_, index) => {
    const piece = pieces - 1 - index;
    const part = bytes.subarray(piece * pieceBytes, (piece + 1) * pieceBytes);
    return { address, piece, pieces, content: sealer.seal(compress(part), toRow({ address, piece, pieces })) };
  });
}

export const openPiece = (sealed: SealedPiece, sealer: Sealer): Buffer =>
  decompress(sealer.open(sealed.content, toRow(sealed)));

/** The number of pieces belongs to the binding: a blob can't be shortened. */
const toRow = (piece: Omit<SealedPiece, 'content'>): { table: string; key: string } => ({
  table: 'blobs',
  key: `${piece.address} ${piece.piece} ${piece.pieces}`,
});

function compress(bytes: Uint8Array): Buffer {
  const compressed = zstdCompressSync(bytes, { params });
  return compressed.length < bytes.length
    ? Buffer.concat([Buffer.of(zstd), compressed])
    : Buffer.concat([Buffer.of(plain), bytes]);
}

const decompress = (bytes: Buffer): Buffer =>
  bytes[0] === zstd ? zstdDecompressSync(bytes.subarray(1)) : bytes.subarray(1);
