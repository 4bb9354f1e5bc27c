/** Processes below another one, as /proc tells; for tests that kill them one by one, always by pid. */
import { readdir, readFile } from 'node:fs/promises';

export interface Child {
  readonly pid: number;
  readonly commandLine: string;
}

/** All living descendants of a process, however deep. */
export async function listDescendants(root: number): Promise<readonly Child[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const parent = /^\d+$/.test(name) ? await readParent(Number(name)) : null;
    if (parent !== null) parents.set(Number(name), parent);
  }
  const isBelow = (pid: number): boolean => {
    for (let at = parents.get(pid); at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  const below = [...parents.keys()].filter(isBelow);
  return Promise.all(below.map(async (pid) => ({ pid, commandLine: await readCommandLine(pid) })));
}

export async function readCommandLine(pid: number): Promise<string> {
  return (await readOrNothing(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
}

/** Kills hard; a process that is gone already is fine. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

/** Null for a process that is gone or a zombie. */
async function readParent(pid: number): Promise<number | null> {
  const stat = await readOrNothing(`/proc/${pid}/stat`);
  const [state = 'Z', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || parent === undefined ? null : Number(parent);
}

const readOrNothing = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
