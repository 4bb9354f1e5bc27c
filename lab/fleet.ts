import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startCluster } from '#lab/cluster.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFlux } from '#lab/flux.ts';
import { startEtcd } from '#lab/kubernetes/etcd.ts';
import { stopAll } from '#lab/process/index.ts';
import type { Stoppable } from '#lab/process/index.ts';

export interface FleetOptions {
  /** `<provider>+<cluster>`, each once. */
  readonly clusters: readonly string[];
  /** Whether Flux's controllers run on each of them, or on which. */
  readonly flux: boolean | readonly string[];
  /** Nodes per cluster; default 1. */
  readonly nodes?: number;
  /** Default: a temporary folder that is removed at the end. */
  readonly folder?: string;
  /** Gets a line per cluster that is ready. */
  readonly say?: (line: string) => void;
}

export interface Fleet {
  /** In the order asked for. */
  readonly clusters: readonly LabCluster[];
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

/** Control planes that start at the same time; more than two only slow each other down on two cores. */
const AT_ONCE = 2;

/** Starts real clusters on one etcd, with or without Flux on them; a failure stops what has been started. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'emco-lab-')));
  const ready = new Map<string, LabCluster>();
  const started: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    const [etcd, ...rest] = started;
    await Promise.all(rest.map((one) => one.stop()));
    await etcd?.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const etcd = await startEtcd(folder);
    started.push(etcd);
    await eachAtOnce(options.clusters, async (name) => {
      const startedAt = performance.now();
      const { cluster, programs } = await startOne(name, { ...options, folder, etcdUrl: etcd.url });
      started.push({ stop: () => stopAll(programs) });
      ready.set(name, cluster);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      options.say?.(`lab: cluster ${name}: ready after ${seconds} s at ${cluster.access.server}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { clusters: options.clusters.flatMap((name) => ready.get(name) ?? []), folder, stop };
}

interface OneOptions extends FleetOptions {
  readonly folder: string;
  readonly etcdUrl: string;
}

async function startOne(
  name: string,
  { folder, etcdUrl, nodes = 1, flux }: OneOptions,
): Promise<{ cluster: LabCluster; programs: Stoppable[] }> {
  const cluster = await startCluster({ name, folder, etcdUrl, nodes });
  const hasFlux = typeof flux === 'boolean' ? flux : flux.includes(name);
  try {
    return { cluster, programs: hasFlux ? [cluster, await startFlux(cluster)] : [cluster] };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Works through names, `AT_ONCE` at a time; the first failure is thrown when all that was begun has ended. */
async function eachAtOnce(names: readonly string[], start: (name: string) => Promise<void>): Promise<void> {
  const queue = [...names];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await start(name);
  });
  const failure = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
