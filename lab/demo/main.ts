import { readLogTail } from '#lab/process/log-tail.ts';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { makeChecks } from './checks.ts';
import { startClusters } from './clusters.ts';
import type { DemoClusters } from './clusters.ts';
import { packExample } from './pack.ts';
import { startEmco } from './start-emco.ts';
import type { RunningEmco } from './start-emco.ts';
import { tellStory } from './story.ts';

interface DemoOptions {
  readonly clusters: boolean;
  readonly json: boolean;
  /** Null: a temporary one. */
  readonly data: string | null;
}

const USAGE = `npm run demo [-- --clusters] [-- --json] [-- --data DIR]

  --clusters  three real API servers with real Flux; the groups then wait for Ready instead of Committed
  --json      one line of JSON on standard output at the end
  --data DIR  keep emco's data there instead of in a temporary folder; it must be empty
`;

/** What has been started, ended in reverse order, once. */
class CleanUp {
  readonly #tasks: (() => Promise<unknown>)[] = [];

  add(task: () => Promise<unknown>): void {
    this.#tasks.unshift(task);
  }

  async run(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task().catch((error: unknown) => write(toMessage(error)));
  }
}

const write = (line: string): void => void process.stderr.write(`${line}\n`);
const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function runDemo(options: DemoOptions, cleanUp: CleanUp): Promise<void> {
  const started = performance.now();
  const say = options.json ? write : (line: string): void => void process.stdout.write(`${line}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'emco-demo-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true }));
  const { emco, clusters } = await startParts(options, { folder, cleanUp, say });
  const { api, temporalUi, git } = emco.ready;
  say(`   API ${api}   Temporal ${temporalUi}   Git ${git}`);
  const example = await copyExample(folder);
  const checks = makeChecks(say);
  const result = await tellStory({ emco, clusters, example, folder, checks, say }).catch(async (error: unknown) => {
    write(`\nEnd of emco's log:\n${await readLogTail(emco.logFile)}\n`);
    throw error;
  });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const summary = { ok: true, clusters: options.clusters, seconds, checks: checks.passed().length, ...result };
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  say(`\nAll of it held: ${summary.checks} checks in ${seconds} s.`);
}

interface PartsContext {
  readonly folder: string;
  readonly cleanUp: CleanUp;
  readonly say: (line: string) => void;
}

/** emco and the clusters start side by side; both are stopped even when one of them fails. */
async function startParts(
  options: DemoOptions,
  { folder, cleanUp, say }: PartsContext,
): Promise<{ emco: RunningEmco; clusters: DemoClusters | null }> {
  say(`── Start emco${options.clusters ? ' and three clusters with Flux' : ''}`);
  const data = options.data ?? join(folder, 'data');
  const [emco, clusters] = await Promise.allSettled([
    startEmco(folder, data).then((running) => {
      cleanUp.add(running.stop);
      return running;
    }),
    options.clusters
      ? startClusters(join(folder, 'clusters'), say).then((running) => {
          cleanUp.add(running.fleet.stop);
          return running;
        })
      : null,
  ]);
  if (emco.status === 'rejected') throw emco.reason;
  if (clusters.status === 'rejected') throw clusters.reason;
  return { emco: emco.value, clusters: clusters.value };
}

async function copyExample(folder: string): Promise<string> {
  const source = join(import.meta.dirname, '..', '..', 'docs', 'examples', 'shop');
  const example = join(folder, 'shop');
  await cp(source, example, { recursive: true });
  await packExample(source, join(example, 'packed'));
  return example;
}

function parseOptions(): DemoOptions {
  const { values } = parseArgs({
    options: {
      clusters: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  return { clusters: values.clusters, json: values.json, data: values.data ?? null };
}

async function main(): Promise<void> {
  const cleanUp = new CleanUp();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp.run().finally(() => process.exit(130)));
  }
  try {
    await runDemo(parseOptions(), cleanUp);
  } catch (error) {
    write(`demo: ${toMessage(error)}`);
    process.exitCode = 1;
  } finally {
    await cleanUp.run();
  }
}

await main();
