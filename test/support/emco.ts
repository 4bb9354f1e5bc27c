/** A whole emco as a user starts it, in a process of its own that a test may kill at any moment and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { type Caller, makeCaller } from './api-client.ts';
import { type Child, killHard, listDescendants } from './process-tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readyTimeoutMs = 90_000;

interface ReadyLine {
  readonly api: string;
  readonly temporal: string;
  readonly namespace: string;
  readonly git: string;
  readonly gitUser: string;
  readonly gitTokenFile: string;
  readonly data: string;
}

export interface Emco extends ReadyLine {
  readonly pid: number;
  readonly gitToken: string;
  readonly call: Caller;
  readonly client: Client;
  readonly logFile: string;
  /** Processes that it started, as they are now. */
  children(): Promise<readonly Child[]>;
  /** `kill -9` of emco alone: its children have to notice by themselves. */
  kill(): Promise<void>;
  /** `kill -9` of emco and of everything that it started. */
  killAll(): Promise<void>;
  /** Ctrl-C. */
  stop(): Promise<void>;
  readonly isRunning: boolean;
}

/** Starts on the data folder; on the one of a killed run it goes on where that was. */
export async function startEmco(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<Emco> {
  const logFile = join(folder, 'emco.log');
  const child = await spawnEmco(folder, { logFile, environment });
  const ready = await readReadyLine(child, logFile);
  const connection = await Connection.connect({ address: ready.temporal });
  const end = async (how: () => Promise<void> | void): Promise<void> => {
    await connection.close().catch(() => undefined);
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    await how();
    await ended;
  };
  const pid = child.pid ?? 0;
  return {
    ...ready,
    pid,
    logFile,
    gitToken: (await readFile(ready.gitTokenFile, 'utf8')).trim(),
    call: makeCaller(ready.api),
    client: new Client({ connection, namespace: ready.namespace }),
    children: () => listDescendants(pid),
    kill: () => end(() => killHard(pid)),
    killAll: () =>
      end(async () => {
        const children = await listDescendants(pid);
        killHard(pid);
        for (const one of children) killHard(one.pid);
      }),
    stop: () => end(() => void child.kill('SIGINT')),
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
  };
}

interface Spawning {
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function spawnEmco(folder: string, { logFile, environment }: Spawning): Promise<ChildProcess> {
  await using log = await open(logFile, 'a', 0o600);
  const args = [join(root, 'workers', 'up.ts'), '--data', join(folder, 'data'), '--port', '0', '--json'];
  return spawn(join(root, 'node_modules', '.bin', 'node'), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', log.fd],
    env: { ...process.env, EMCO_LOG_LEVEL: 'info', ...environment },
  });
}

async function readReadyLine(child: ChildProcess, logFile: string): Promise<ReadyLine> {
  const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>();
  const fail = async (reason: string): Promise<void> => {
    killHard(child.pid ?? 0);
    reject(new Error(`emco up ${reason}: ${(await readFile(logFile, 'utf8')).slice(-2000)}`));
  };
  const timer = setTimeout(() => void fail('was not ready in time'), readyTimeoutMs);
  child.once('exit', () => void fail('ended before it was ready'));
  if (child.stdout === null) throw new Error('emco up: expected an output to read, found none');
  // The line is what `workers/up.ts` prints; a member that is missing makes the test fail at once.
  createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as ReadyLine));
  return promise.finally(() => clearTimeout(timer));
}
