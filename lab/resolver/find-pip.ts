import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isRunnable, runCommand } from './run-command.ts';

export interface Pip {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const MODULE = ['python3', '-m', 'pip'];

/** pip as this machine has it; where Debian's Python lacks it, its wheel is unpacked into `folder`, beside the system. */
export async function findPip(folder: string): Promise<Pip> {
  if (await isRunnable([...MODULE, '--version'])) return { argv: MODULE, env: {} };
  if (await isRunnable(['pip3', '--version'])) return { argv: ['pip3'], env: {} };
  if (!(await isRunnable(['python3', '--version'])))
    throw new Error('python3 is missing (Debian: apt-get install python3 python3-pip)');
  try {
    return await unpackDebianPip(folder);
  } catch {
    throw new Error('python3 is there but has no pip (Debian: apt-get install python3-pip)');
  }
}

async function unpackDebianPip(folder: string): Promise<Pip> {
  const fetch = ['apt-get', 'download', '-q', 'python3-pip-whl'];
  const first = await runCommand(fetch, { cwd: folder }).catch(() => undefined);
  if (first === undefined) {
    await runCommand(['apt-get', 'update', '-q']);
    await runCommand(fetch, { cwd: folder });
  }
  const archive = await findFile(folder, '.deb');
  await runCommand(['dpkg-deb', '-x', archive, join(folder, 'pip')]);
  const wheel = await findFile(join(folder, 'pip/usr/share/python-wheels'), '.whl');
  return { argv: MODULE, env: { PYTHONPATH: wheel } };
}

async function findFile(folder: string, ending: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found === undefined) throw new Error(`${folder}: expected a ${ending} file, found none`);
  return join(folder, found);
}
