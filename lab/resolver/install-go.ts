import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { isRunnable, runCommand } from './run-command.ts';
import type { GoRecipe } from './tool.ts';

const GO_ENV = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'go1.27.3', CGO_ENABLED: '0', GOWORK: 'off' };

interface ModuleFiles {
  readonly goMod: string;
  readonly dir: string;
}

/**
 * Builds a Go program through a wrapper module, because `go install` refuses modules with `replace` lines: the wrapper requires the
 * module and repeats those of its replacements that do not point into its own repository.
 */
export async function installGo(recipe: GoRecipe, target: string): Promise<void> {
  if (!(await isRunnable(['go', 'version']))) {
    throw new Error('Go is missing (1.21 or newer; it fetches the version it needs itself)');
  }
  const folder = await mkdtemp(`${target}-go-`);
  try {
    const files = await downloadModule(recipe, folder);
    await writeFile(join(folder, 'go.mod'), wrapperModule(recipe, await readFile(files.goMod, 'utf8')));
    await runCommand(['go', 'get', `${recipe.module}@${recipe.version}`], { cwd: folder, env: GO_ENV });
    const flags = ['-ldflags', `-s -w ${recipe.ldflags ?? ''}`];
    await runCommand(['go', 'build', ...flags, '-o', target, recipe.command], { cwd: folder, env: GO_ENV });
    await copyExtras(recipe, files.dir, dirname(target));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function downloadModule(recipe: GoRecipe, cwd: string): Promise<ModuleFiles> {
  const said = await runCommand(['go', 'mod', 'download', '-json', `${recipe.module}@${recipe.version}`], {
    cwd,
    env: GO_ENV,
  });
  const found: unknown = JSON.parse(said);
  if (typeof found !== 'object' || found === null || !('GoMod' in found) || !('Dir' in found)) {
    throw new Error(`go mod download ${recipe.module}: expected GoMod and Dir, found ${said.slice(0, 200)}`);
  }
  return { goMod: String(found.GoMod), dir: String(found.Dir) };
}

/** The text of the wrapper's go.mod, given that of the wrapped module. */
export function wrapperModule(recipe: GoRecipe, goMod: string): string {
  const replaced = new Map<string, string>();
  for (const [, from = '', to = ''] of goMod.matchAll(/^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S+\s+v\S+)/gm)) {
    replaced.set(from, to);
  }
  if (recipe.stagingVersion !== undefined) {
    for (const [, from = ''] of goMod.matchAll(/^\s*(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)) {
      replaced.set(from, `${from} ${recipe.stagingVersion}`);
    }
  }
  for (const [from, version] of Object.entries(recipe.replace ?? {})) replaced.set(from, `${from} ${version}`);
  const lines = [...replaced].map(([from, to]) => `replace ${from} => ${to}`).sort();
  return ['module lab', '', 'go 1.25', '', `require ${recipe.module} ${recipe.version}`, ...lines, ''].join('\n');
}

async function copyExtras(recipe: GoRecipe, moduleDir: string, beside: string): Promise<void> {
  for (const [name, path] of Object.entries(recipe.extras ?? {})) {
    await cp(join(moduleDir, path), join(beside, name), { recursive: true });
    await runCommand(['chmod', '-R', 'u+w', join(beside, name)]); // the module cache is read-only
  }
  await chmod(beside, 0o755);
}
