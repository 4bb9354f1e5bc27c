import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { fillCache, isComplete } from '#lab/resolver/cache.ts';
import { isRunnable, runCommand } from '#lab/resolver/run-command.ts';

/** Our own Go programs: what is proved against Go itself or against libraries that only Go has. */
export type GoProgram = 'template' | 'wire-client';

const sources = join(import.meta.dirname, 'go');

export const hasGo = (): Promise<boolean> => isRunnable(['go', 'version']);

/** The file of a program of `lab/go`, built once for each state of its sources and kept in the cache folder. */
export async function buildGo(name: GoProgram): Promise<string> {
  const cacheDir = resolve(process.env['EMCO_CACHE'] ?? join(process.env['HOME'] ?? homedir(), '.cache', 'emco'));
  const entry = { cacheDir, folder: `go-${name}-${await digestSources()}`, contents: [name] };
  if (!(await isComplete(entry))) {
    await fillCache(entry, async (folder) => {
      const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
      await runCommand(['go', 'build', '-o', join(folder, name), `./${name}`], { cwd: sources, env });
    });
  }
  return join(cacheDir, entry.folder, name);
}

async function digestSources(): Promise<string> {
  const names = await readdir(sources, { recursive: true });
  const hash = createHash('sha256');
  for (const name of names.filter((one) => /\.(go|mod|sum)$/.test(one)).sort()) {
    hash.update(`${name}\n`).update(await readFile(join(sources, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
