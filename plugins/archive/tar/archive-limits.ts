import type { ArchiveLimits } from '#domain/ports/archives.ts';

const mebibyte = 1024 * 1024;

/** Wide enough for every chart that Helm itself accepts, narrow enough that a bomb costs little. */
export const defaultLimits: ArchiveLimits = {
  compressedBytes: 32 * mebibyte,
  totalBytes: 100 * mebibyte,
  entries: 10_000,
  depth: 32,
  ratio: 200,
};

/** The ratio counts only beyond this size: a small file of blanks is no bomb. */
export const ratioFreeBytes = 4 * mebibyte;

/** Longest path of an entry, in bytes. */
export const longestPath = 1024;
