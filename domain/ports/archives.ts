/** Reading archives. */

export interface ArchiveEntry {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface ArchiveLimits {
  readonly compressedBytes: number;
  readonly totalBytes: number;
  readonly entries: number;
  readonly depth: number;
  /** Uncompressed to compressed. */
  readonly ratio: number;
}

/** Reads tar.gz from strangers. */
export interface Archives {
  /** @throws Failure `document-undecodable` (not a tar.gz, link, device, absolute path, `..`) or `document-too-large`. */
  readTarGz(bytes: Uint8Array, object: string, limits?: Partial<ArchiveLimits>): Promise<readonly ArchiveEntry[]>;
}
