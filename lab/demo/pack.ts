import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { packFolder } from './pack-folder.ts';

/**
 * Packs an example's `charts/*` to `<target>/<app>.tgz`, each below a folder named like the app as EMCO wants it, and its
 * `profiles/*` to `<target>/<name>-profile.tgz`. Gives the names of the files.
 */
export async function packExample(example: string, target: string): Promise<readonly string[]> {
  await mkdir(target, { recursive: true });
  const charts = await listFolders(join(example, 'charts'));
  const profiles = await listFolders(join(example, 'profiles'));
  const jobs = [
    ...charts.map((app) => ({ folder: join(example, 'charts', app), prefix: app, name: `${app}.tgz` })),
    ...profiles.map((name) => ({ folder: join(example, 'profiles', name), prefix: '', name: `${name}-profile.tgz` })),
  ];
  for (const { folder, prefix, name } of jobs) await writeFile(join(target, name), await packFolder(folder, prefix));
  return jobs.map(({ name }) => name);
}

async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

if (import.meta.main) {
  const example = process.argv[2] ?? 'docs/examples/shop';
  const names = await packExample(example, join(example, 'packed'));
  for (const name of names) process.stdout.write(`${join(example, 'packed', name)}\n`);
}
