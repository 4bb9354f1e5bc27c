/** A Python with the packages of a requirements file, in a virtual environment in the cache folder. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand, tryCommand } from '#lab/resolver/index.ts';

/** Why there is none on this machine; null when there is. */
export async function findPythonTrouble(): Promise<string | null> {
  const probe = ['python3', '-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'];
  const found = await tryCommand(probe).catch(() => null);
  return found?.exitCode === 0 ? null : 'no python3 of 3.10 or newer with venv and pip on this machine';
}

/** Made once per content of the requirements; a half-made one is never taken. Gives the path of its interpreter. */
export async function preparePython(requirements: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16);
  const root = join(homedir(), '.cache', 'emco', 'python');
  const folder = join(root, digest);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  await mkdir(root, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await runCommand(['python3', '-m', 'venv', folder]);
  await runCommand([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await runCommand([python, '-c', `open(${JSON.stringify(join(folder, 'complete'))}, 'w').close()`]);
  return python;
}
