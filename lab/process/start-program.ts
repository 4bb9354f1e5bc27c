import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { endSurvivor } from './end-survivor.ts';
import { guarded } from './guard.ts';
import { readLogTail } from './log-tail.ts';
import type { ProgramExit, ProgramSpec, RunningProgram } from './program.ts';
import { waitUntil } from './wait-until.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

/** Starts a program under guard and returns when it is ready; an error carries the end of its log. */
export async function startProgram(spec: ProgramSpec): Promise<RunningProgram> {
  if (spec.pidFile !== undefined) await endSurvivor(spec.pidFile, spec.file);
  const { pid, exited } = await spawnGuarded(spec);
  const program: RunningProgram = {
    name: spec.name,
    pid,
    logFile: spec.logFile,
    exited,
    stop: () => stopGroup(pid, exited, spec),
  };
  try {
    if (spec.pidFile !== undefined) await writeFile(spec.pidFile, String(pid));
    await becomeReady(spec, exited);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return program;
}

interface Spawned {
  readonly pid: number;
  readonly exited: Promise<ProgramExit>;
}

async function spawnGuarded(spec: ProgramSpec): Promise<Spawned> {
  await mkdir(dirname(spec.logFile), { recursive: true });
  await using log = await open(spec.logFile, 'a', 0o600);
  const [shell, ...args] = guarded([spec.file, ...spec.args]);
  const child = spawn(shell, args, {
    cwd: spec.cwd,
    env: { ...process.env, ...spec.env },
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    ...spec.user,
  });
  const exited = watchExit(child); // before anything is awaited, since the program may be gone by then
  const { pid } = child;
  if (pid !== undefined) return { pid, exited };
  await exited; // rejects with the reason
  throw new Error(`${spec.name}: expected it to start, found no process`);
}

function watchExit(child: ChildProcess): Promise<ProgramExit> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramExit>();
  const lifeline = child.stdio[3];
  lifeline?.on('error', () => undefined); // the watcher may be gone first
  child.once('error', reject);
  child.once('exit', (exitCode, signal) => {
    lifeline?.destroy();
    resolve({ exitCode, signal });
  });
  return promise;
}

async function becomeReady(spec: ProgramSpec, exited: Promise<ProgramExit>): Promise<void> {
  const { isReady } = spec;
  if (isReady === undefined) return;
  let end: ProgramExit | undefined;
  void exited.then((exit) => (end = exit)).catch(() => undefined);
  const readyOrEnded = async (): Promise<boolean> => end !== undefined || (await isReady());
  try {
    await waitUntil(readyOrEnded, { timeoutMs: spec.readyTimeoutMs ?? READY_TIMEOUT_MS, expected: 'it to be ready' });
    if (end !== undefined) throw new Error(`ended with ${end.exitCode ?? end.signal} before it was ready`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${spec.name}: ${reason}; end of ${spec.logFile}:\n${await readLogTail(spec.logFile)}`, {
      cause: error,
    });
  }
}

async function stopGroup(pid: number, exited: Promise<ProgramExit>, spec: ProgramSpec): Promise<void> {
  signalGroup(pid, spec.stopSignal ?? 'SIGTERM');
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), spec.stopGraceMs ?? STOP_GRACE_MS);
  await exited.catch(() => undefined);
  clearTimeout(timer);
  signalGroup(pid, 'SIGKILL'); // what it left behind, and the watcher
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody of the group is left
  }
}
