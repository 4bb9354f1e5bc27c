import { join } from 'node:path';

import { findFreePorts, startProgram, toFlags } from '#lab/process/index.ts';
import type { RunningProgram } from '#lab/process/index.ts';
import { resolveTool, runCommand, tryCommand } from '#lab/resolver/index.ts';

export interface TemporalOptions {
  /** Holds the log and, unless `inMemory`, the database. */
  readonly folder: string;
  /** Forget everything at the end; quicker, for tests. */
  readonly inMemory?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a free one. */
  readonly uiPort?: number;
  /** Default: `emco`. */
  readonly namespace?: string;
  /** Name → Temporal's type, as `Keyword`; registered in the namespace. */
  readonly searchAttributes?: Readonly<Record<string, string>>;
  /** Default: 30. */
  readonly retentionDays?: number;
}

export interface RunningTemporal extends RunningProgram {
  /** `127.0.0.1:port` of the front-end. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
}

const READY_TIMEOUT_MS = 60_000;

/** Temporal's development server with its UI, on loopback only. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const file = await resolveTool('temporal');
  const namespace = options.namespace ?? 'emco';
  const [freePort = 0, freeUiPort = 0, httpPort = 0, metricsPort = 0] = await findFreePorts(4);
  const { port = freePort, uiPort = freeUiPort } = options;
  const address = `127.0.0.1:${port}`;
  const program = await startProgram({
    name: 'temporal',
    file,
    args: [
      'server',
      'start-dev',
      ...toFlags({ ip: '127.0.0.1', port, 'ui-port': uiPort, 'http-port': httpPort, 'metrics-port': metricsPort }),
      ...toFlags({ namespace, 'log-level': 'warn', 'ui-disable-news-fetch': 'true' }),
      ...databaseFlags(options),
      ...Object.entries(options.searchAttributes ?? {}).map(([key, type]) => `--search-attribute=${key}=${type}`),
    ],
    logFile: join(options.folder, 'temporal.log'),
    pidFile: join(options.folder, 'temporal.pid'),
    isReady: () => isServing(file, address, namespace),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  await setRetention({ file, address, namespace, days: options.retentionDays ?? 30 });
  return { ...program, address, uiUrl: `http://127.0.0.1:${uiPort}`, namespace };
}

function databaseFlags({ folder, inMemory = false }: TemporalOptions): string[] {
  if (inMemory) return [];
  return ['--db-filename', join(folder, 'temporal.db'), '--sqlite-pragma', 'synchronous=NORMAL'];
}

async function isServing(file: string, address: string, namespace: string): Promise<boolean> {
  const describe = ['operator', 'namespace', 'describe', '--namespace', namespace, '--address', address];
  return (await tryCommand([file, ...describe], { timeoutMs: 10_000 })).exitCode === 0;
}

interface Retention {
  readonly file: string;
  readonly address: string;
  readonly namespace: string;
  readonly days: number;
}

/** The development server creates namespaces with one day, too short for a group that waits for a week. */
async function setRetention({ file, address, namespace, days }: Retention): Promise<void> {
  const update = ['operator', 'namespace', 'update', '--namespace', namespace, '--retention', `${days}d`];
  await runCommand([file, ...update, '--address', address], { timeoutMs: 20_000 });
}
