import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Failure } from '#domain/failure.ts';

const keyBytes = 32;

/**
 * Loads the master key: a file with 32 bytes in base64 or hex.
 * @throws Failure `store-unavailable` when there is no such file or no key in it.
 */
export async function loadKeyFile(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8').catch(() => null);
  const object = `key file ${path}`;
  const expected = '32 bytes in base64 or hex';
  if (text === null) throw new Failure('store-unavailable', [{ object, expected, found: 'no readable file' }]);
  const key = toKey(text.trim());
  if (key !== null) return key;
  throw new Failure('store-unavailable', [{ object, expected, found: 'something else' }]);
}

/** Loads the key, making the file with a random one and mode 0600 when there is none. Racing makers agree on one key. */
export async function loadOrCreateKeyFile(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeSynced(draft, `${randomBytes(keyBytes).toString('base64')}\n`);
    await link(draft, path).catch((error: unknown) => {
      if (!isExisting(error)) throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return loadKeyFile(path);
}

/** The key of content addresses that follows from a master key. */
export const deriveAddressKey = (key: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'emco content addresses', keyBytes));

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

function toKey(text: string): Buffer | null {
  const encoding = /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64';
  const key = Buffer.from(text, encoding);
  return key.length === keyBytes && /^[\w+/=-]+$/.test(text) ? key : null;
}

const isExisting = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';
