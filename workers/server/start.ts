/** Server mode: API, worker or both as one stateless process; PostgreSQL and Temporal are elsewhere and may be many. */
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { makeActivities } from '#activities/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';
import { loadKeyFile, openStore } from '#plugins/store/postgres/index.ts';
import type { ServerConfig } from '#workers/config.ts';
import { makeInstance } from '#workers/embedded/make-instance.ts';
import { keepHouse } from '#workers/keep-house.ts';
import { keepReconciling } from '#workers/reconcile.ts';
import { runApi } from '#workers/run-api.ts';
import { runWorkers } from '#workers/run-workers.ts';
import { startWatches } from '#workers/start-watches.ts';
import { makeTemporalControl } from '#api/temporal-control.ts';
import { sha256, wireActivities } from '#workers/wiring.ts';
import { bootstrapTemporal, connectWithPatience } from './bootstrap.ts';

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface RunningServer {
  /** URL of the API; null in a process that is a worker only. */
  readonly api: string | null;
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

type Stops = (() => Promise<void> | void)[];
type Shared = ServerOptions & { readonly store: Awaited<ReturnType<typeof openStore>>; readonly client: Client };

const reconcileMs = 60_000;
const branchPollMs = 30_000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config } = options;
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const store = await openStore({ connectionString: config.databaseUrl, key: await loadKeyFile(config.keyFile) });
    stops.push(() => store.close());
    const connection = await connectWithPatience(config.temporalAddress, () => Date.now());
    stops.push(() => connection.close());
    await bootstrapTemporal(connection, config.namespace);
    const shared = { ...options, store, client: new Client({ connection, namespace: config.namespace }) };
    const failed = config.roles.includes('worker')
      ? (await startWorker(shared, stops)).failed
      : new Promise<never>(() => undefined);
    const api = config.roles.includes('api') ? await startApi(shared, stops) : null;
    return { api, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startApi({ config, store, client, log }: Shared, stops: Stops): Promise<string> {
  const links = config.temporalUi === '' ? {} : { temporalUi: config.temporalUi };
  const api = await runApi({ config, store, client, log, links, newInstance: makeInstance });
  stops.push(() => api.stop());
  return api.url;
}

async function startWorker(
  { config, store, client, log, environment }: Shared,
  stops: Stops,
): Promise<Pick<RunningServer, 'failed'>> {
  const { cacheFolder, watchShards, namespace, temporalAddress: address } = config;
  const helm = await resolveTool('helm');
  const wired = await wireActivities({ store, client, log, helm, cacheFolder, watchShards, branchPollMs, environment });
  stops.push(() => wired.close());
  const workers = await runWorkers({
    address,
    namespace,
    cacheFolder: `${cacheFolder}/workflows`,
    activities: makeActivities(wired.deps),
    log,
    identity: `${hostname()}-${process.pid}`,
  });
  stops.push(() => workers.stop());
  const warn = (event: string, detail: string): void => log.warn({ detail }, event);
  const control = makeTemporalControl({ client });
  const reconciler = keepReconciling({ store, control, client, sha256, now: () => Date.now(), warn }, reconcileMs);
  const house = keepHouse({ store, warn, info: (event, counts) => log.info(counts, event) });
  stops.push(
    () => reconciler.stop(),
    () => house.stop(),
  );
  await startWatches({ store, client, sha256, shards: watchShards });
  const failed = workers.ended.then(() => Promise.reject(new Error('the workers have ended')));
  failed.catch(() => undefined);
  return { failed };
}
