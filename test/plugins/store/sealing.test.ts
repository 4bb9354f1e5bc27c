import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { DocumentKey } from '#domain/group.ts';
import type { NewDocument } from '#domain/ports/documents.ts';
import { openStore } from '#plugins/store/postgres/index.ts';
import type { PostgresStore } from '#plugins/store/postgres/index.ts';
import type { TemporaryFolder } from '#test/support/temporary-folder.ts';
import { makeTemporaryFolder } from '#test/support/temporary-folder.ts';
import type { RunningPglite } from '#workers/pglite/start-pglite.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';

const key = randomBytes(32);
const actor = { name: 'tester' };
const secret = 'a-token-that-nobody-may-see';

let folder: TemporaryFolder;
let pglite: RunningPglite;
let store: PostgresStore;
let pool: Pool;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  pglite = await startPglite({ folder: join(folder.path, 'pglite') });
  store = await openStore({ connectionString: pglite.url, key });
  pool = new Pool({ connectionString: pglite.url, max: 1 });
});

afterAll(async () => {
  await pool.end();
  await store.close();
  await pglite.stop();
  await folder[Symbol.asyncDispose]();
});

const makeDocument = (path: string, token: string): NewDocument => ({
  key: path as DocumentKey,
  kind: 'thing',
  parent: null,
  body: { metadata: { name: 'shown' } },
  secrets: { token },
  files: [],
  references: [],
});

describe('what is sealed', () => {
  it('is in no column in clear, not even as the digest of a guess', async () => {
    await store.documents.create(makeDocument('/clear', secret), actor);
    const address = await store.blobs.put(Buffer.from(secret));
    const tables = ['documents', 'blobs', 'audit', 'installation'];
    const rows = await Promise.all(tables.map((table) => pool.query(`select t::text from ${table} t`)));
    const dump = rows.flatMap((result) => result.rows.map((row: { t: string }) => row.t)).join('\n');
    expect(dump).toContain('shown');
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
    const guess = await crypto.subtle.digest('SHA-256', Buffer.from(secret));
    expect(address).not.toBe(Buffer.from(guess).toString('hex'));
  });

  it('does not open after a bit was changed', async () => {
    const { key: path } = await store.documents.create(makeDocument('/changed', secret), actor);
    await pool.query('update documents set secrets = set_byte(secrets, 40, get_byte(secrets, 40) # 1) where key = $1', [
      path,
    ]);
    await expect(store.documents.find(path)).rejects.toMatchObject({ code: 'internal' });
    await expect(store.documents.find(path)).rejects.not.toThrow(secret);
  });

  it('does not open in the row of another document', async () => {
    const mine = await store.documents.create(makeDocument('/mine', 'mine'), actor);
    const other = await store.documents.create(makeDocument('/other', 'other'), actor);
    await pool.query('update documents set secrets = (select secrets from documents where key = $1) where key = $2', [
      other.key,
      mine.key,
    ]);
    await expect(store.documents.find(mine.key)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('row /mine of documents'),
    });
  });

  it('does not open as another blob, nor with its last piece cut off', async () => {
    const [one, two] = await store.blobs.putMany([Buffer.from('one'), Buffer.from('two')]);
    const long = await store.blobs.put(randomBytes(1_500_000));
    await pool.query('update blobs set content = (select content from blobs where address = $1) where address = $2', [
      one,
      two,
    ]);
    await pool.query('delete from blobs where address = $1 and piece = 1', [long]);
    await pool.query('update blobs set pieces = 1 where address = $1', [long]);
    if (two === undefined) throw new Error('expected two addresses, found one');
    await expect(store.blobs.get(two)).rejects.toMatchObject({ code: 'internal' });
    await expect(store.blobs.get(long)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('the master key', () => {
  it('is asked for again: another one does not open the database', async () => {
    const wrong = openStore({ connectionString: pglite.url, key: randomBytes(32) });
    await expect(wrong).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('The key does not open this database'),
    });
  });

  it('can be replaced: the former one reads, the new one seals, addresses stay', async () => {
    const { key: path } = await store.documents.create(makeDocument('/rotated', secret), actor);
    const newKey = randomBytes(32);
    const rotated = await openStore({ connectionString: pglite.url, key: newKey, formerKeys: [key] });
    expect((await rotated.documents.find(path))?.secrets).toEqual({ token: secret });
    expect(rotated.blobs.addressOf(Buffer.from('x'))).toBe(store.blobs.addressOf(Buffer.from('x')));
    await rotated.documents.put(makeDocument('/rotated', 'new'), actor);
    await expect(store.documents.find(path)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('one of the keys'),
    });
    await rotated.close();
  });
});

describe('the schema', () => {
  it('of a newer emco is refused', async () => {
    await pool.query('update schema_version set version = version + 1');
    try {
      await expect(openStore({ connectionString: pglite.url, key })).rejects.toMatchObject({
        code: 'store-unavailable',
        message: expect.stringContaining('written by a newer emco'),
      });
    } finally {
      await pool.query('update schema_version set version = version - 1');
    }
  });
});
