import { parseArgs } from 'node:util';

import { TOOLS, MissingToolError, resolveTool } from '#lab/resolver/index.ts';
import type { ToolName } from '#lab/resolver/index.ts';

/** Two at a time: Go uses every core for one build already, while the small ones only wait for the network. */
const AT_ONCE = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const known = Object.keys(TOOLS) as ToolName[]; // the keys of TOOLS are the tool names
  const wanted = values.only?.split(',') ?? known;
  const unknown = wanted.filter((name) => !known.some((tool) => tool === name));
  if (unknown.length > 0) {
    process.stderr.write(`lab: unknown: ${unknown.join(', ')}; known: ${known.join(', ')}\n`);
    return 2;
  }
  const queue = known.filter((name) => wanted.includes(name));
  const missing: string[] = [];
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, missing)));
  for (const message of missing) process.stderr.write(`lab: ${message}\n`);
  return missing.length === 0 ? 0 : 1;
}

async function work(queue: ToolName[], missing: string[]): Promise<void> {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    try {
      const file = await resolveTool(name);
      process.stdout.write(`${name} ${file}\n`);
    } catch (error) {
      missing.push(error instanceof MissingToolError ? error.message : `${name}: ${String(error)}`);
    }
  }
}

process.exitCode = await main();
