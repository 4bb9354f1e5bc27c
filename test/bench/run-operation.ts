/** Runs one operation of a group and counts what it cost. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toGroupKey } from '#domain/group.ts';
import { toGroupWorkflowId, toWriterWorkflowId } from '#domain/names.ts';
import { call } from './api.ts';
import type { EmcoProcess } from './emco-process.ts';
import { type BranchFacts, readBranch, readChangedFiles, type TreeFile } from './git-facts.ts';
import type { SeededCase } from './seed.ts';
import { readSteps } from './steps.ts';

export interface Cost {
  /** From the call of the API until all targets are Committed and the operation is done. */
  readonly seconds: number;
  readonly pushes: number;
  readonly commits: number;
  /** Of the group's workflow and the Git writer's together. */
  readonly historyEvents: number;
  readonly historyBytes: number;
  readonly filesWritten: number;
  readonly rssMb: number;
  /** Seconds from scheduled to completed by activity, in order of the first start. */
  readonly steps: Readonly<Record<string, number>>;
  readonly before: BranchFacts;
  readonly after: BranchFacts;
  readonly files: readonly TreeFile[];
}

const lookMs = 20;
const patienceMs = 1_800_000;

export async function runOperation(emco: EmcoProcess, seeded: SeededCase, verb: string): Promise<Cost> {
  const gitDir = join(emco.gitFolder, `${seeded.repository}.git`);
  const before = await readBranch(gitDir);
  const historyBefore = await readHistory(emco, seeded);
  await emco.resetPeak();
  const startedAt = Date.now();
  const start = performance.now();
  const headers = await call(emco.api, `${seeded.path}/${verb}`);
  await untilDone(emco, seeded, headers.get('emco-operation-id') ?? '');
  const seconds = (performance.now() - start) / 1000;
  const rssMb = await emco.peakMb();
  const after = await readBranch(gitDir);
  const history = await readHistory(emco, seeded);
  const steps = await readSteps(emco.client, toWorkflowIds(seeded), startedAt);
  const files = await readChangedFiles(gitDir, before.head, after.head);
  return {
    seconds,
    pushes: after.pushes - before.pushes,
    commits: after.commits - before.commits,
    historyEvents: history.events - historyBefore.events,
    historyBytes: history.bytes - historyBefore.bytes,
    filesWritten: files.length,
    rssMb,
    steps,
    before,
    after,
    files,
  };
}

async function untilDone(emco: EmcoProcess, { ref }: SeededCase, operationId: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const operation = await emco.store.groups.findOperation(toGroupKey(ref), operationId);
    if (operation?.state === 'done') return;
    if (operation?.state !== 'requested' && operation?.state !== 'accepted') {
      throw new Error(
        `operation ${operationId}: expected done, found ${operation?.state ?? 'none'}: ${operation?.message}`,
      );
    }
    if (performance.now() > deadline)
      throw new Error(`operation ${operationId}: expected an end, found ${operation.step}`);
    await sleep(lookMs);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const toWorkflowIds = ({ ref, url }: SeededCase): readonly string[] => [
  toGroupWorkflowId(ref, sha256),
  toWriterWorkflowId(url, 'main', sha256),
];

async function readHistory(emco: EmcoProcess, seeded: SeededCase): Promise<{ events: number; bytes: number }> {
  const found = await Promise.all(toWorkflowIds(seeded).map((id) => describe(emco, id)));
  return {
    events: found.reduce((sum, one) => sum + one.events, 0),
    bytes: found.reduce((sum, one) => sum + one.bytes, 0),
  };
}

async function describe(emco: EmcoProcess, id: string): Promise<{ events: number; bytes: number }> {
  // A writer that nobody needed yet does not exist.
  const found = await emco.client.workflow
    .getHandle(id)
    .describe()
    .catch(() => null);
  return { events: found?.historyLength ?? 0, bytes: found?.historySize ?? 0 };
}
