/** One case: seed, run, and run its floor right after, on the same servers. */
import { join } from 'node:path';
import { appNames, type BenchCase } from './cases.ts';
import type { EmcoProcess } from './emco-process.ts';
import { type Floor, gitFloor, renderFloor, type WorkflowFloor } from './floors.ts';
import { countPushes } from './git-facts.ts';
import { type Cost, runOperation } from './run-operation.ts';
import { changeImage, seedCase, type SeededCase } from './seed.ts';

export interface CaseResult extends Omit<Cost, 'before' | 'after' | 'files'> {
  readonly case: BenchCase;
  readonly floorSeconds: number;
  readonly floor: Floor;
}

export interface Bench {
  readonly emco: EmcoProcess;
  readonly workflowFloor: WorkflowFloor;
  readonly say: (line: string) => void;
}

export async function runCase(bench: Bench, one: BenchCase): Promise<CaseResult> {
  const { emco, say } = bench;
  say(`${one.workload}, ${one.clusters} clusters: seeding`);
  const seeded = await seedCase(emco, one);
  await countPushes(join(emco.gitFolder, `${seeded.repository}.git`));
  say(`${one.workload}, ${one.clusters} clusters: running`);
  const { before, after: _, files, ...cost } = await measure(emco, seeded, one);
  const floor = {
    renderSeconds: await renderFloor(toRendered(seeded, one)),
    ...(await gitFloor({ emco, source: join(emco.gitFolder, `${seeded.repository}.git`), before: before.head, files })),
    workflowSeconds: await bench.workflowFloor.seconds(),
  };
  const floorSeconds = floor.renderSeconds + floor.importSeconds + floor.pushSeconds + floor.workflowSeconds;
  say(
    `${one.workload}, ${one.clusters} clusters: ${cost.seconds.toFixed(2)} s, floor ${floorSeconds.toFixed(2)} s, ` +
      `${(cost.seconds / floorSeconds).toFixed(2)} times`,
  );
  return { case: one, ...cost, floorSeconds, floor };
}

async function measure(emco: EmcoProcess, seeded: SeededCase, one: BenchCase): Promise<Cost> {
  const instantiated = await runOperation(emco, seeded, 'instantiate');
  if (one.workload !== 'W3') return instantiated;
  await changeImage(emco, seeded);
  return runOperation(emco, seeded, 'update');
}

/** W3 changes one app, so one chart is to be rendered. */
const toRendered = ({ charts }: SeededCase, { workload }: BenchCase): readonly Uint8Array[] =>
  workload === 'W3' ? [charts.get(appNames[0]) ?? new Uint8Array()] : [...charts.values()];
