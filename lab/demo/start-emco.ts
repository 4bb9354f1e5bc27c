import { startProgram } from '#lab/process/index.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The line that `emco up --json` prints when it is ready. */
export interface EmcoReady {
  readonly api: string;
  /** `host:port` */
  readonly temporal: string;
  readonly temporalUi: string;
  readonly namespace: string;
  readonly git: string;
  readonly gitUser: string;
  readonly gitTokenFile: string;
  readonly data: string;
}

export interface RunningEmco {
  readonly ready: EmcoReady;
  readonly logFile: string;
  readonly stop: () => Promise<void>;
}

const members = ['api', 'temporal', 'temporalUi', 'namespace', 'git', 'gitUser', 'gitTokenFile', 'data'] as const;
const READY_TIMEOUT_MS = 300_000;

/** Starts `emco up` as a user would, on free ports, with all state in `data`. */
export async function startEmco(folder: string, data: string): Promise<RunningEmco> {
  const root = join(import.meta.dirname, '..', '..');
  const logFile = join(folder, 'emco.log');
  const program = await startProgram({
    name: 'emco up',
    file: process.execPath,
    args: [join(root, 'bin', 'emco.js'), 'up', '--data', data, '--port', '0', '--json'],
    logFile,
    isReady: async () => (await findReady(logFile)) !== null,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const ready = await findReady(logFile);
  if (ready === null) throw new Error(`emco up: expected its ready line in ${logFile}, found none`);
  return { ready, logFile, stop: program.stop };
}

async function findReady(logFile: string): Promise<EmcoReady | null> {
  for (const line of (await readFile(logFile, 'utf8')).split('\n')) {
    const found = line.startsWith('{') ? parseReady(line) : null;
    if (found !== null) return found;
  }
  return null;
}

export function parseReady(line: string): EmcoReady | null {
  try {
    const value: unknown = JSON.parse(line);
    return isReady(value) ? value : null;
  } catch {
    return null;
  }
}

function isReady(value: unknown): value is EmcoReady {
  if (typeof value !== 'object' || value === null) return false;
  const found = new Map<string, unknown>(Object.entries(value));
  return members.every((name) => typeof found.get(name) === 'string');
}
