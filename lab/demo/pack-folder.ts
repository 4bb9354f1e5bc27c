import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';

/** What every entry says about itself, so that the same files always give the same bytes. */
const FIXED = { mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) } as const;

/** Position of the operating system in a gzip header (RFC 1952); 255 is "unknown". */
const GZIP_OS = 9;

/** A folder as tar.gz, all paths below `prefix` (empty: none): the same folder gives the same bytes on every machine. */
export async function packFolder(folder: string, prefix: string): Promise<Uint8Array> {
  const archive = pack();
  const bytes = buffer(archive);
  for (const path of await listFiles(folder)) {
    archive.entry({ ...FIXED, name: prefix === '' ? path : `${prefix}/${path}` }, await readFile(join(folder, path)));
  }
  archive.finalize();
  const packed = gzipSync(await bytes, { level: 9 });
  packed[GZIP_OS] = 255;
  return packed;
}

/** Paths with `/`, sorted. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
