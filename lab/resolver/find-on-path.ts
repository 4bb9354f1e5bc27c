import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { isAtLeast, probeProgram } from './probe-program.ts';
import type { Tool } from './tool.ts';

/** The first program of that name on PATH (then in the tool's own folders) whose version is good enough. */
export async function findOnPath(
  tool: Tool,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (tool.atLeast === undefined) return undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const pattern of tool.folders ?? []) folders.push(...(await expand(pattern)));
  for (const folder of folders) {
    const file = join(folder, tool.name);
    if (!(await isExecutable(file))) continue;
    const version = await probeProgram(tool, file);
    if (version !== undefined && isAtLeast(version, tool.atLeast)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function expand(pattern: string): Promise<string[]> {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return [pattern];
  const names = await readdir(before).catch(() => []);
  const newestFirst = names.sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((name) => `${before}${name}${after}`);
}
