/** Reads tar.gz from strangers: bounded in every direction, nothing is written anywhere. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { Failure } from '#domain/failure.ts';
import type { ArchiveEntry, ArchiveLimits, Archives } from '#domain/ports/archives.ts';
import { defaultLimits, ratioFreeBytes } from './archive-limits.ts';
import { parseEntryPath } from './entry-path.ts';

export function makeTarArchives(limits: Partial<ArchiveLimits> = {}): Archives {
  const own = { ...defaultLimits, ...limits };
  return { readTarGz: (bytes, object, override = {}) => readTarGz(bytes, object, { ...own, ...override }) };
}

async function readTarGz(bytes: Uint8Array, object: string, limits: ArchiveLimits): Promise<readonly ArchiveEntry[]> {
  const refuse = refusal(object);
  if (bytes.length > limits.compressedBytes) {
    throw refuse.tooLarge(`at most ${limits.compressedBytes} bytes`, `${bytes.length} bytes`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw refuse.format('a gzip-compressed tar', 'no gzip header');
  const entries = makeCollector(refuse, limits);
  const tar = extract();
  const source = Readable.from(chunksOf(bytes));
  const ends = await Promise.allSettled([
    pipeline(source, createGunzip(), makeMeter(bytes.length, limits, refuse), tar),
    collect(tar, entries),
  ]);
  const reasons: unknown[] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  const failure = reasons.find((reason) => reason instanceof Failure);
  if (failure !== undefined) throw failure;
  const [reason] = reasons;
  if (reason !== undefined) {
    throw refuse.format('a complete gzip-compressed tar', reason instanceof Error ? reason.message : 'something else');
  }
  if (entries.all.length === 0) throw refuse.format('at least one file', 'none');
  return entries.all;
}

type Refusal = ReturnType<typeof refusal>;

const refusal = (object: string) => ({
  format: (expected: string, found: string) => new Failure('document-undecodable', [{ object, expected, found }]),
  tooLarge: (expected: string, found: string) => new Failure('document-too-large', [{ object, expected, found }]),
});

/** Small pieces, so that the limits are looked at before a bomb has gone off. */
function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
}

async function collect(tar: ReturnType<typeof extract>, entries: Collector): Promise<void> {
  for await (const entry of tar) {
    entries.begin(entry.header);
    const parts: Buffer[] = [];
    // tar-stream's types leave the chunks open; they are the buffers that went in.
    for await (const part of entry) parts.push(part as Buffer);
    entries.end(entry.header, parts);
  }
}

/** Counts what comes out of gunzip and stops a bomb. */
function makeMeter(compressed: number, limits: ArchiveLimits, refuse: Refusal) {
  const most = Math.min(limits.totalBytes, Math.max(ratioFreeBytes, compressed * limits.ratio));
  return async function* meter(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      if (total > most) throw refuse.tooLarge(`at most ${most} bytes unpacked`, `more from ${compressed} compressed`);
      yield chunk;
    }
  };
}

interface Collector {
  readonly all: ArchiveEntry[];
  begin(header: Header): void;
  end(header: Header, parts: readonly Buffer[]): void;
}

function makeCollector(refuse: Refusal, limits: ArchiveLimits): Collector {
  const all: ArchiveEntry[] = [];
  const seen = new Set<string>();
  let count = 0;
  const begin = (header: Header): void => {
    count += 1;
    if (count > limits.entries) throw refuse.tooLarge(`at most ${limits.entries} entries`, 'more');
    const parsed = parseEntryPath(header.name, limits);
    if ('refused' in parsed) throw refuse.format('plain relative paths', parsed.refused);
    if (header.type !== 'file' && header.type !== 'directory' && header.type !== 'contiguous-file') {
      throw refuse.format('files and directories only', `${header.type} ${parsed.path}`);
    }
    if (header.type === 'directory') return;
    if (parsed.path === '') throw refuse.format('a name for every file', 'an empty one');
    // Two files that differ in case only become one on some file systems.
    const folded = parsed.path.toLowerCase();
    if (seen.has(folded)) throw refuse.format('each file once', `${parsed.path} twice`);
    seen.add(folded);
  };
  const end = (header: Header, parts: readonly Buffer[]): void => {
    const parsed = parseEntryPath(header.name, limits);
    if (header.type !== 'directory' && 'path' in parsed) {
      all.push({ path: parsed.path, content: Buffer.concat(parts) });
    }
  };
  return { all, begin, end };
}
