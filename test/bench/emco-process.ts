/** The product under measurement: `emco up` as a process of its own, with what is needed to look into it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { loadKeyFile, openStore, type PostgresStore } from '#plugins/store/postgres/index.ts';
import { repositoryRoot } from '#test/support/source-tree.ts';

export interface EmcoProcess {
  readonly api: string;
  readonly temporal: string;
  readonly client: Client;
  /** The same database that the product uses, for seeding and for counts. */
  readonly store: PostgresStore;
  /** Holds the bare repositories of its Git server. */
  readonly gitFolder: string;
  readonly gitBase: string;
  readonly gitToken: string;
  /** Starts the count of the process's highest memory use anew. */
  resetPeak(): Promise<void>;
  peakMb(): Promise<number>;
  stop(): Promise<void>;
}

interface ReadyLine {
  readonly api: string;
  readonly temporal: string;
  readonly git: string;
  readonly gitTokenFile: string;
}

export async function startEmcoProcess(data: string): Promise<EmcoProcess> {
  const args = [join(repositoryRoot, 'workers', 'up.ts'), '--data', data, '--port', '0', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(createWriteStream(`${data}.log`));
  const ready = await readReady(child, `${data}.log`);
  const connection = await Connection.connect({ address: ready.temporal });
  const store = await openStore({
    connectionString: await toDatabaseUrl(data),
    key: await loadKeyFile(join(data, 'key')),
  });
  return {
    api: ready.api,
    temporal: ready.temporal,
    client: new Client({ connection, namespace: 'emco' }),
    store,
    gitFolder: join(data, 'git'),
    gitBase: new URL(ready.git).origin,
    gitToken: (await readFile(ready.gitTokenFile, 'utf8')).trim(),
    resetPeak: () => writeFile(`/proc/${child.pid}/clear_refs`, '5'),
    peakMb: async () => toPeakMb(await readFile(`/proc/${child.pid}/status`, 'utf8')),
    stop: async () => {
      await store.close();
      await connection.close();
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function readReady(child: ChildProcess, logFile: string): Promise<ReadyLine> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
  child.once('exit', (code) =>
    reject(new Error(`emco up: expected its ready line, found an end with ${code}; see ${logFile}`)),
  );
  // The product's own line.
  return JSON.parse(await promise) as ReadyLine;
}

async function toDatabaseUrl(data: string): Promise<string> {
  const { databasePort, databasePassword } = JSON.parse(await readFile(join(data, 'fixtures.json'), 'utf8')) as {
    databasePort: number;
    databasePassword: string;
  };
  return `postgresql://postgres:${databasePassword}@127.0.0.1:${databasePort}/postgres`;
}

const toPeakMb = (status: string): number => Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
