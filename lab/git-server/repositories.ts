import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { toServerEnvironment } from './git-environment.ts';

const run = promisify(execFile);
const defaultBranch = 'main';

const settings: readonly (readonly [string, string])[] = [
  ['http.receivepack', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowAnySHA1InWant', 'true'],
  // Force-pushes are allowed: that a rewritten branch heals is one of the things to try here.
  ['receive.denyNonFastForwards', 'false'],
  ['receive.denyDeletes', 'false'],
  ['receive.denyDeleteCurrent', 'ignore'],
  // The server does it between pushes, see `Housekeeping`.
  ['receive.autogc', 'false'],
  ['gc.autoDetach', 'false'],
];

const isRepositoryName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.includes('..');

export const toRepositoryFolder = (folder: string, name: string): string => join(folder, `${name}.git`);

/** Makes a bare repository, whole or not at all; one that exists stays as it is. */
export async function ensureRepository(folder: string, name: string): Promise<void> {
  if (!isRepositoryName(name))
    throw new Error(`repository ${JSON.stringify(name)}: expected letters, digits, '.', '_' and '-'`);
  const target = toRepositoryFolder(folder, name);
  if (await exists(target)) return;
  const draft = `${target}.new-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const options = { env: toServerEnvironment(folder) };
  await run('git', ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, draft], options);
  for (const [key, value] of settings) await run('git', ['-C', draft, 'config', key, value], options);
  await rename(draft, target);
}

/** What killed processes left. Locks would block every later push; half-received packs only take space. */
export const leftovers = {
  locks: /\.git\/(.*\/)?[^/]+\.lock$/,
  halves: /\.git\/(objects\/(tmp_objdir-|incoming-)[^/]*|gc\.pid)$/,
} as const;

export async function removeLeftovers(folder: string, what: RegExp, olderThanMs: number): Promise<void> {
  const limit = Date.now() - olderThanMs;
  for (const name of (await readdir(folder, { recursive: true })).filter((one) => what.test(one))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < limit) await rm(path, { recursive: true, force: true });
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null;
