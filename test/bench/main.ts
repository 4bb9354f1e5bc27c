/** `npm run bench`: each workload beside its floor, in the same run on the same servers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { call } from './api.ts';
import type { BenchCase } from './cases.ts';
import { startEmcoProcess } from './emco-process.ts';
import { startWorkflowFloor } from './floors.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { toReport, toTable } from './report.ts';
import { type Bench, type CaseResult, runCase } from './run-case.ts';
import { benchStatus, toStatusTable } from './status-bench.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function toCases({ workloads, sizes, rounds }: BenchOptions): readonly BenchCase[] {
  return Array.from({ length: rounds }, (_, at) => at + 1).flatMap((round) =>
    sizes.flatMap((clusters) => workloads.map((workload) => ({ workload, clusters, round }))),
  );
}

async function runAll(bench: Bench, options: BenchOptions): Promise<readonly CaseResult[]> {
  const spec = { host: 'built-in', port: 9033, type: 'action', priority: 1 };
  await call(bench.emco.api, '/controllers', { body: { metadata: { name: 'gac' }, spec } });
  say('warming up');
  await runCase({ ...bench, say: () => undefined }, { workload: 'W3', clusters: 2, round: 0 });
  const results: CaseResult[] = [];
  for (const one of toCases(options)) results.push(await runCase(bench, one));
  return results;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.status) await runStatus(options);
  if (options.workloads.length > 0) await runWorkloads(options);
}

async function runStatus({ sizes, json }: BenchOptions): Promise<void> {
  const results = await benchStatus(sizes, say);
  process.stdout.write(`${json ? JSON.stringify({ status: results }, null, 2) : toStatusTable(results)}\n`);
}

async function runWorkloads(options: BenchOptions): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'emco-bench-'));
  const emco = await startEmcoProcess(join(folder, 'data'));
  try {
    const workflowFloor = await startWorkflowFloor(emco);
    try {
      const report = toReport(await runAll({ emco, workflowFloor, say }, options));
      process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : toTable(report)}\n`);
    } finally {
      await workflowFloor.stop();
    }
  } finally {
    await emco.stop();
    if (options.keep) say(`kept ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

await main();
