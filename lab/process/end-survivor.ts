import { readFile } from 'node:fs/promises';

import { findCommandLine } from './command-line.ts';
import { waitUntil } from './wait-until.ts';

const GONE_TIMEOUT_MS = 10_000;

/**
 * Ends the program that an earlier parent started and that is still on its way out: after `kill -9` of the parent and an immediate
 * new start, two of them would have one data folder open. A pid that now belongs to something else is left alone.
 */
export async function endSurvivor(pidFile: string, file: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!(pid > 1) || !(await isProgram(pid, file))) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return; // gone in the meantime
  }
  await waitUntil(async () => !(await isProgram(pid, file)), {
    timeoutMs: GONE_TIMEOUT_MS,
    expected: `process ${pid} (${file}) of an earlier run to end`,
    intervalMs: 20,
  });
}

/** Its guard, which is about to become the program, counts too: that has the file among its arguments. */
async function isProgram(pid: number, file: string): Promise<boolean> {
  return (await findCommandLine(pid))?.includes(file) ?? false;
}
