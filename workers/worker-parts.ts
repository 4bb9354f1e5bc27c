/** A worker with all that goes on beside it: activities on their queues, the reconciler, the sweep, the watches. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { makeActivities } from '#activities/index.ts';
import { makeTemporalControl } from '#api/temporal-control.ts';
import { keepHouse } from './keep-house.ts';
import { keepReconciling } from './reconcile.ts';
import { runWorkers } from './run-workers.ts';
import { startWatches } from './start-watches.ts';
import { type PostgresStore, type WiringOptions, sha256, wireActivities } from './wiring.ts';

/** What was started, in order; stopped in reverse. */
export type Stops = (() => Promise<void> | void)[];

export interface WorkerPartsOptions {
  readonly store: PostgresStore;
  readonly client: Client;
  readonly log: Logger;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly identity: string;
  readonly helm: string;
  readonly cacheFolder: string;
  readonly watchShards: number;
  readonly branchPollMs: number;
  readonly lookUps: WiringOptions['lookUps'];
  readonly apiUrl: Promise<string | null>;
  readonly hookTimeoutMs: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const reconcileMs = 15_000;

/** @returns `failed`, which rejects when the workers end by themselves */
export async function startWorkerParts(options: WorkerPartsOptions, stops: Stops): Promise<{ failed: Promise<never> }> {
  const { store, client, log, cacheFolder, watchShards: shards } = options;
  const wired = await wireActivities(options);
  stops.push(() => wired.close());
  const workers = await runWorkers({
    address: options.temporalAddress,
    namespace: options.namespace,
    cacheFolder: `${cacheFolder}/workflows`,
    activities: makeActivities(wired.deps),
    log,
    identity: options.identity,
  });
  stops.push(() => workers.stop());
  const warn = (event: string, detail: string): void => log.warn({ detail }, event);
  const control = makeTemporalControl({ client });
  const reconciler = keepReconciling({ store, control, client, sha256, now: () => Date.now(), warn }, reconcileMs);
  stops.push(() => reconciler.stop());
  const house = keepHouse({ store, warn, info: (event, counts) => log.info(counts, event) });
  stops.push(() => house.stop());
  await startWatches({ store, client, sha256, shards });
  const failed = workers.ended.then(() => Promise.reject(new Error('the workers have ended')));
  failed.catch(() => undefined);
  return { failed };
}

/** Ends what was started, the last first. */
export async function stopAll(stops: Stops): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}
