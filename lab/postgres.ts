import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { Client, escapeIdentifier } from 'pg';

import { findFreePort, startProgram } from '#lab/process/index.ts';
import type { RunningProgram } from '#lab/process/index.ts';
import { resolveTool, runCommand, tryCommand } from '#lab/resolver/index.ts';

export interface RunningPostgres extends RunningProgram {
  /** `DATABASE_URL` of the database `postgres`. */
  readonly url: string;
  /** Makes an empty database and returns its `DATABASE_URL`. */
  readonly makeDatabase: (name: string) => Promise<string>;
}

interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** A real PostgreSQL server in a temporary folder, on loopback with a password; survives a kill, but not a power cut. */
export async function startPostgres(): Promise<RunningPostgres> {
  const bin = dirname(await realpath(await resolveTool('postgres')));
  const folder = await mkdtemp(join(tmpdir(), 'emco-postgres-'));
  const user = await unprivilegedUser();
  const password = randomBytes(16).toString('hex');
  const port = await findFreePort();
  const urlOf = (database: string): string => `postgres://emco:${password}@127.0.0.1:${port}/${database}`;
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await initialise({ bin, folder, user, password });
    const program = await startProgram({
      name: 'postgres',
      file: join(bin, 'postgres'),
      args: postgresFlags(folder, port),
      cwd: folder,
      logFile: join(folder, 'postgres.log'),
      isReady: async () =>
        (await tryCommand([join(bin, 'pg_isready'), '-h', '127.0.0.1', '-p', `${port}`])).exitCode === 0,
      stopSignal: 'SIGINT', // its fast shutdown; SIGTERM would wait for clients to leave
      ...(user === undefined ? {} : { user }),
    });
    return {
      ...program,
      url: urlOf('postgres'),
      makeDatabase: async (name) => {
        await runSql(urlOf('postgres'), `CREATE DATABASE ${escapeIdentifier(name)}`);
        return urlOf(name);
      },
      stop: async () => {
        await program.stop();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

function postgresFlags(folder: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: 200,
  };
  return ['-D', join(folder, 'db'), ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
}

interface InitOptions {
  readonly bin: string;
  readonly folder: string;
  readonly user: SystemUser | undefined;
  readonly password: string;
}

async function initialise({ bin, folder, user, password }: InitOptions): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) for (const path of [folder, passwordFile]) await chown(path, user.uid, user.gid);
  const flags = ['-D', join(folder, 'db'), '-U', 'emco', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const init = [join(bin, 'initdb'), ...flags, '--no-locale', '--encoding=UTF8', '--no-sync'];
  await runCommand(init, { cwd: folder, ...(user === undefined ? {} : { user }) });
  await rm(passwordFile);
}

/** PostgreSQL refuses to run as root: then it runs as its own system user, or else as nobody. */
async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => tryCommand(['id', flag, name])));
    if (uid?.exitCode === 0 && gid?.exitCode === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('postgres: expected a system user postgres or nobody to run it as, found none');
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
