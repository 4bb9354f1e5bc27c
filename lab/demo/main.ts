import { readLogTail } from '#lab/process/log-tail.ts';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeChecks } from './checks.ts';
import { CleanUp } from './clean-up.ts';
import { startClusters } from './clusters.ts';
import type { DemoClusters } from './clusters.ts';
import { parseDemoOptions, USAGE } from './demo-options.ts';
import type { DemoOptions } from './demo-options.ts';
import { packExample } from './pack.ts';
import { startEmco } from './start-emco.ts';
import type { RunningEmco } from './start-emco.ts';
import { tellStory } from './story.ts';

const warn = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function runDemo(options: DemoOptions, cleanUp: CleanUp): Promise<void> {
  const started = performance.now();
  const say = options.json ? warn : print;
  const folder = await mkdtemp(join(tmpdir(), 'emco-demo-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true }));
  const { emco, clusters } = await startParts(options, { folder, cleanUp, say });
  const { api, temporalUi, git } = emco.ready;
  say(`   API ${api}   Temporal ${temporalUi}   Git ${git}`);
  const example = await copyExample(folder);
  const checks = makeChecks(say);
  const result = await tellStory({ emco, clusters, example, folder, checks, say }).catch(async (error: unknown) => {
    if (process.exitCode === undefined) warn(`\nEnd of emco's log:\n${await readLogTail(emco.logFile)}\n`);
    throw error;
  });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const summary = { ok: true, clusters: options.clusters, seconds, checks: checks.passed().length, ...result };
  if (options.json) print(JSON.stringify(summary));
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
  const [emco, clusters] = await Promise.allSettled([
    cleanUp.track(startEmco(folder, options.data ?? join(folder, 'data'))),
    options.clusters ? cleanUp.track(startClusters(join(folder, 'clusters'), say)) : null,
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

function readOptions(): DemoOptions {
  try {
    return parseDemoOptions(process.argv.slice(2));
  } catch (error) {
    warn(`demo: ${toMessage(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function main(options: DemoOptions): Promise<void> {
  const cleanUp = new CleanUp(warn);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.exitCode = 130;
      warn('demo: stopping; once more ends at once');
      void cleanUp.run().finally(() => process.exit());
    });
  }
  try {
    await runDemo(options, cleanUp);
  } catch (error) {
    if (process.exitCode === 130) return; // what fails while everything is being stopped says nothing
    process.exitCode = 1;
    if (options.json) print(JSON.stringify({ ok: false, error: toMessage(error) }));
    warn(`demo: ${toMessage(error)}`);
  } finally {
    await cleanUp.run();
  }
}

const options = readOptions();
if (options.help) print(USAGE);
else await main(options);
