import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Failure } from '#domain/failure.ts';

export interface PgliteOptions {
  /** Absolute path; made with mode 0700 when absent. */
  readonly folder: string;
  /** 0 (default): any free port of 127.0.0.1. */
  readonly port?: number;
  /** Made at random when absent. Given again together with the port, clients reconnect to a restarted process. */
  readonly password?: string;
  /** Lines that the process writes to standard error. */
  readonly log?: (line: string) => void;
}

export interface RunningPglite {
  /** Connection string with the password: not for logs. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Ends the clients' connections, closes the database and waits until the process is gone. */
  stop(): Promise<void>;
}

const stopGraceMs = 10_000;

/**
 * Starts the embedded database as a child process and returns when it takes connections.
 * @throws Failure `store-unavailable` when another process has the folder or its data are of another PostgreSQL major.
 */
export async function startPglite(options: PgliteOptions): Promise<RunningPglite> {
  const password = options.password ?? randomBytes(24).toString('base64url');
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, options.folder, String(options.port ?? 0)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = watchExit(child);
  createInterface({ input: child.stderr }).on('line', (line) => options.log?.(line));
  child.stdin.on('error', () => undefined); // the process may be gone first
  child.stdin.write(`${password}\n`);
  const port = await readPort(child, options.folder);
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid: child.pid ?? 0,
    exited,
    stop: () => stop(child, exited),
  };
}

function watchExit(child: ChildProcess): RunningPglite['exited'] {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ exitCode: null, signal: null }));
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function readPort(child: ChildProcess, folder: string): Promise<number> {
  const line = await readFirstLine(child);
  const { port, error }: { port?: number; error?: string } = line === '' ? {} : JSON.parse(line);
  if (port !== undefined) return port;
  const found = { object: `database in ${folder}`, expected: 'it to start', found: 'an end without a word' };
  throw new Failure('store-unavailable', error === undefined ? [found] : [], error);
}

function readFirstLine(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  if (child.stdout === null) return Promise.resolve('');
  const lines = createInterface({ input: child.stdout });
  lines.once('line', resolve);
  lines.once('close', () => resolve(''));
  return promise;
}

async function stop(child: ChildProcess, exited: RunningPglite['exited']): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
  await exited;
  clearTimeout(timer);
}
