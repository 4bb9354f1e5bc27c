import { isRunnable, runCommand } from './run-command.ts';
import type { DebianRecipe } from './tool.ts';

const QUIET = { DEBIAN_FRONTEND: 'noninteractive' };

/** Installs a Debian package, when this is Debian and we may. */
export async function installDebian(recipe: DebianRecipe): Promise<void> {
  const wanted = recipe.package;
  if (!(await isRunnable(['apt-get', '--version']))) {
    throw new Error(`apt-get is missing: install ${wanted} with this system's package manager`);
  }
  if (process.getuid?.() !== 0) throw new Error(`not root: run  sudo apt-get install -y ${wanted}`);
  await runCommand(['apt-get', 'update', '-q'], { env: QUIET });
  await runCommand(['apt-get', 'install', '-y', '-q', '--no-install-recommends', wanted], { env: QUIET });
}
