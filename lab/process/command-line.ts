import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { tryCommand } from '#lab/resolver/run-command.ts';

const EXEC_RETRIES = 50;
const EXEC_RETRY_MS = 2;

/** The command line of a process that runs, or undefined; one that has ended but was not yet asked for (a zombie) does not run. */
export async function findCommandLine(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? readProc(pid) : askPs(pid);
}

async function readProc(pid: number): Promise<string | undefined> {
  for (let attempt = 0; attempt < EXEC_RETRIES; attempt += 1) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (!/\) [^ZX] /.test(stat)) return undefined;
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (text !== '') return text.replaceAll('\0', ' ').trimEnd();
    await delay(EXEC_RETRY_MS); // empty for the moment in which it becomes another program
  }
  return '';
}

async function askPs(pid: number): Promise<string | undefined> {
  const { stdout } = await tryCommand(['ps', '-o', 'stat=,command=', '-p', String(pid)]);
  const [state = '', ...words] = stdout.trim().split(/\s+/);
  return state === '' || state.startsWith('Z') ? undefined : words.join(' ');
}
