/** Server mode: API, worker or both as one stateless process; PostgreSQL and Temporal are elsewhere and may be many. */
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { resolveTool } from '#lab/resolver/index.ts';
import { loadKeyFile, openStore } from '#workers/wiring.ts';
import type { ServerConfig } from '#workers/config.ts';
import { toOwnHosts } from '#workers/own-hosts.ts';
import { runApi, toReachable } from '#workers/run-api.ts';
import { startWorkerParts, stopAll, type Stops } from '#workers/worker-parts.ts';
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

type Shared = ServerOptions & { readonly store: Awaited<ReturnType<typeof openStore>>; readonly client: Client };

const branchPollMs = 30_000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config } = options;
  const stops: Stops = [];
  const stop = (): Promise<void> => stopAll(stops);
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
  const api = await runApi({ config, store, client, log, links });
  stops.push(() => api.stop());
  return api.url;
}

async function startWorker(shared: Shared, stops: Stops): Promise<{ failed: Promise<never> }> {
  const { cacheFolder, watchShards, namespace, temporalAddress, hookTimeoutMs } = shared.config;
  const helm = await resolveTool('helm');
  const identity = `${hostname()}-${process.pid}`;
  const own = toOwnHosts(shared.config, shared.config.port);
  const lookUps = { allow: shared.config.lookUps.allow, own: () => own };
  const apiUrl = Promise.resolve(toApiUrl(shared.config));
  const config = {
    helm,
    cacheFolder,
    watchShards,
    namespace,
    temporalAddress,
    identity,
    branchPollMs,
    lookUps,
    apiUrl,
    hookTimeoutMs,
  };
  return startWorkerParts({ ...shared, ...config }, stops);
}

/** A worker beside its API knows where it listens; one alone must be told. */
function toApiUrl({ apiUrl, roles, address, port }: ServerConfig): string | null {
  if (apiUrl !== null || !roles.includes('api') || port === 0) return apiUrl;
  return toReachable(`http://${address.includes(':') ? `[${address}]` : address}:${port}`);
}
