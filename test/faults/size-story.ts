/** One group of five apps, each in a wave of its own, on as many Git clusters as wanted. */
import { createHash } from 'node:crypto';
import { toWriterWorkflowId } from '#domain/names.ts';
import type { Emco } from '#test/support/emco.ts';
import { driveGroup } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { readHistory } from './histories.ts';
import { readWaves } from './invariants.ts';

const apps = ['a', 'b', 'c', 'd', 'e'];

export interface Measured {
  readonly clusters: number;
  /** Of the group's workflow, from its approval to the end of the instantiate. */
  readonly events: number;
  /** Bytes of the largest payload in the group's and the writer's history. */
  readonly largestPayload: number;
  /** Wave of each commit, in order. */
  readonly waves: readonly number[];
  readonly files: number;
  /** Executions of pushChanges for it. */
  readonly pushes: number;
}

export async function measureInstantiate(emco: Emco, count: number): Promise<Measured> {
  const clusters = Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`);
  const [provider, project] = [`fleet-${count}`, `size-${count}`];
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider, clusters, repository });
  await seedCloud(emco.call, { project, cloud: 'lc', provider, clusters });
  const seeds = await Promise.all(
    apps.map(async (name, at) => ({
      name,
      chart: await makeAppChart(name),
      after: apps.slice(Math.max(0, at - 1), at),
    })),
  );
  const names = { project, compositeApp: 'ca', version: 'v1', group: 'g' };
  await seedGroup(emco.call, { ...names, provider, cloud: 'lc', release: project, apps: seeds });
  const group = driveGroup(emco, names);
  await group.verb('approve');
  const before = await countPushes(emco);
  await group.run('instantiate', `instantiate-${count}`);
  const measured = await measure(emco, git, { workflowId: group.workflowId, operation: `instantiate-${count}` });
  await git.close();
  return { clusters: count, ...measured, pushes: (await countPushes(emco)) - before };
}

async function measure(
  emco: Emco,
  git: GitReader,
  { workflowId, operation }: { workflowId: string; operation: string },
): Promise<Omit<Measured, 'clusters' | 'pushes'>> {
  const group = await readHistory(emco, workflowId);
  const writer = await readHistory(emco, toWriterId(emco));
  const sizes = [...group.payloads, ...writer.payloads].map((payload) => payload.length);
  const provider = `+c`;
  const files = [...(await git.files()).keys()].filter((path) => path.includes(provider)).length;
  const largestPayload = sizes.reduce((largest, size) => Math.max(largest, size), 0);
  return { events: group.events, largestPayload, waves: await readWaves(git, operation), files };
}

const toWriterId = (emco: Emco): string =>
  toWriterWorkflowId(emco.git, 'main', (text) => createHash('sha256').update(text).digest('hex'));

async function countPushes(emco: Emco): Promise<number> {
  const shown = await readHistory(emco, toWriterId(emco)).catch(() => null);
  return (shown?.text.match(/"name": ?"pushChanges"/g) ?? []).length;
}
