import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { waitUntil } from '#lab/process/index.ts';
import type { TemporaryFolder } from '#test/support/temporary-folder.ts';
import { makeTemporaryFolder } from '#test/support/temporary-folder.ts';
import { postgresMajor } from '#workers/pglite/open-database.ts';
import type { RunningPglite } from '#workers/pglite/start-pglite.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';

describe('the embedded database', () => {
  it('keeps every acknowledged row over a kill -9, and serves again at the same address', async () => {
    await using folder = await makeTemporaryFolder();
    const first = await startPglite({ folder: folder.path, password: 'p' });
    const acknowledged = await writeUntilKilled(first);
    const second = await startPglite({ folder: folder.path, port: first.port, password: 'p' });
    const client = await connect(second.url);
    const { rows } = await client.query<{ n: number }>('select n from rows order by n');
    expect(second.url).toBe(first.url);
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(rows.map(({ n }) => n)).toEqual(expect.arrayContaining([...acknowledged]));
    await client.end();
    await second.stop();
  });

  it('refuses a folder that another process has, and takes it when that one was killed', async () => {
    await using folder = await makeTemporaryFolder();
    const first = await startPglite({ folder: folder.path });
    await expect(startPglite({ folder: folder.path })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: `folder ${folder.path}: expected no other opener, found one held by process ${first.pid}`,
    });
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await startPglite({ folder: folder.path });
    await second.stop();
    expect(await second.exited).toEqual({ exitCode: 0, signal: null });
  });

  it('refuses data of another PostgreSQL major', async () => {
    await using folder = await makeTemporaryFolder();
    await mkdir(join(folder.path, 'data'));
    await writeFile(join(folder.path, 'data', 'PG_VERSION'), '17\n');
    await expect(startPglite({ folder: folder.path })).rejects.toThrow('found PostgreSQL 17 data. Start the emco');
  });

  it('ends with its parent, also when that is killed', async () => {
    await using folder = await makeTemporaryFolder();
    const start = fileURLToPath(import.meta.resolve('#workers/pglite/start-pglite.ts'));
    const script = `const { startPglite } = await import(${JSON.stringify(start)});
      console.log((await startPglite({ folder: ${JSON.stringify(folder.path)} })).pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await parent.stdout.take(1).toArray();
    parent.kill('SIGKILL');
    await waitUntil(() => Promise.resolve(!isRunning(Number(line))), {
      timeoutMs: 20_000,
      expected: 'the database to end',
    });
    const next = await startPglite({ folder: folder.path });
    await next.stop();
  });
});

describe('clients of the embedded database', () => {
  let folder: TemporaryFolder;
  let pglite: RunningPglite;
  beforeAll(async () => {
    folder = await makeTemporaryFolder();
    pglite = await startPglite({ folder: folder.path });
  });
  afterAll(async () => {
    await pglite.stop();
    await folder[Symbol.asyncDispose]();
  });

  it('find every commit synced to disk, by the major version that folders are checked for', async () => {
    const client = await connect(pglite.url);
    const { rows } = await client.query(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('server_version_num')::int / 10000 as major`,
    );
    expect(rows).toEqual([{ fsync: 'on', commit: 'on', major: Number(postgresMajor) }]);
    await client.end();
  });

  it('need the password', async () => {
    const client = new Client({ connectionString: pglite.url.replace(/:[^:@]+@/, ':guess@') });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('of several processes never meet in a statement, whatever its size, its errors and its transactions', async () => {
    const client = fileURLToPath(new URL('./busy-client.ts', import.meta.url));
    const run = (id: string): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [client, pglite.url, id], { stdio: ['ignore', 'pipe', 'inherit'] });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.once('close', () => resolve(output.trim()));
      });
    expect(await Promise.all(['1', '2', '3'].map(run))).toEqual(['wrong 0 of 240', 'wrong 0 of 240', 'wrong 0 of 240']);
  });

  it('do not wait for one that vanished in a transaction, nor see what it did', async () => {
    const [lost, other] = [await connect(pglite.url), await connect(pglite.url)];
    await other.query('create table t (n int)');
    await lost.query('begin; insert into t values (1)');
    const waiting = other.query('select n from t');
    lost.on('error', () => undefined);
    lost.connection.stream.destroy();
    expect((await waiting).rows).toEqual([]);
    await other.end();
  });
});

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Inserts row after row, kills the database under way and gives the rows that were acknowledged. */
async function writeUntilKilled(pglite: { readonly url: string; readonly pid: number }): Promise<readonly number[]> {
  const pool = new Pool({ connectionString: pglite.url, max: 2 });
  pool.on('error', () => undefined);
  const acknowledged: number[] = [];
  await pool.query('create table rows (n int primary key)');
  try {
    for (let n = 0; n < 100_000; n += 1) {
      await pool.query('insert into rows values ($1)', [n]);
      acknowledged.push(n);
      if (n === 100) process.kill(pglite.pid, 'SIGKILL');
    }
  } catch {
    // the database is gone
  }
  await pool.end();
  return acknowledged;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
