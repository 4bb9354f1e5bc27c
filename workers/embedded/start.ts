/** Everything on one machine and in one folder: database, Temporal, Git server, worker and API. */
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { startGitServer } from '#lab/git-server/index.ts';
import { findFreePorts } from '#lab/process/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';
import { startTemporal } from '#lab/temporal.ts';
import { loadOrCreateKeyFile, openStore } from '#workers/wiring.ts';
import type { EmbeddedConfig } from '#workers/config.ts';
import { lockFolder } from '#workers/pglite/lock-folder.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';
import { toOwnHosts } from '#workers/own-hosts.ts';
import { runApi, toReachable } from '#workers/run-api.ts';
import { searchAttributeTypes } from '#workers/search-attributes.ts';
import { startWorkerParts, stopAll, type Stops } from '#workers/worker-parts.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { keepRunning } from './keep-running.ts';

export interface EmbeddedOptions {
  readonly config: EmbeddedConfig;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the ready line says. No secrets: the Git token is in a file that only its owner reads. */
export interface ReadyLine {
  readonly api: string;
  readonly temporal: string;
  readonly temporalUi: string;
  readonly namespace: string;
  readonly git: string;
  readonly gitUser: string;
  readonly gitTokenFile: string;
  readonly data: string;
}

export interface Embedded {
  readonly ready: ReadyLine;
  /** Rejects when a part that can't be started again has failed. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const watchShards = 4;
const branchPollMs = 5000;
const namespace = 'emco';

export async function startEmbedded({ config, log, environment }: EmbeddedOptions): Promise<Embedded> {
  const stops: Stops = [];
  const stop = (): Promise<void> => stopAll(stops);
  try {
    const lock = lockFolder(config.data);
    stops.push(() => lock.release());
    const folder = await openDataFolder(config.data, findFreePorts);
    const helm = await resolveTool('helm');
    await resolveTool('temporal');
    const infrastructure = await startInfrastructure(folder, log, stops);
    return { ...(await startEmco({ folder, helm, config, log, environment, ...infrastructure }, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Infrastructure {
  readonly databaseUrl: string;
  readonly git: string;
}

const temporalAddress = (folder: DataFolder): string => `127.0.0.1:${folder.fixtures.temporalPort}`;

async function startInfrastructure(folder: DataFolder, log: Logger, stops: Stops): Promise<Infrastructure> {
  const { fixtures } = folder;
  const tell = (event: string): void => log.warn(event);
  const { databasePort: port, databasePassword: password } = fixtures;
  const [database, temporal] = await Promise.all([
    keepRunning({ name: 'database', log: tell, start: () => startPglite({ folder: folder.database, port, password }) }),
    keepRunning({
      name: 'temporal',
      log: tell,
      start: () =>
        startTemporal({
          folder: folder.temporal,
          port: fixtures.temporalPort,
          uiPort: fixtures.temporalUiPort,
          searchAttributes: searchAttributeTypes,
        }),
    }),
  ]);
  stops.push(
    () => database.stop(),
    () => temporal.stop(),
  );
  const git = await startGitServer({ folder: folder.git, port: fixtures.gitPort, token: fixtures.gitToken });
  stops.push(() => git.stop());
  const databaseUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  return { databaseUrl, git: await git.createRepository('emco') };
}

interface EmcoOptions extends EmbeddedOptions, Infrastructure {
  readonly folder: DataFolder;
  readonly helm: string;
}

async function startEmco(options: EmcoOptions, stops: Stops): Promise<Omit<Embedded, 'stop'>> {
  const { folder, config, log, environment } = options;
  const store = await openStore({
    connectionString: options.databaseUrl,
    key: await loadOrCreateKeyFile(folder.keyFile),
  });
  stops.push(() => store.close());
  const connection = await Connection.connect({ address: temporalAddress(folder) });
  stops.push(() => connection.close());
  const client = new Client({ connection, namespace });
  // The port is known when the API listens, which is after the workers are there to serve it.
  let port = config.port;
  const { promise: apiUrl, resolve: sayApiUrl } = Promise.withResolvers<string>();
  const { failed } = await startWorkerParts(
    {
      store,
      client,
      log,
      environment,
      helm: options.helm,
      temporalAddress: temporalAddress(folder),
      namespace,
      identity: `emco-${process.pid}`,
      cacheFolder: folder.cache,
      watchShards,
      branchPollMs,
      lookUps: { allow: config.lookUps.allow, own: () => toOwnHosts(config, port) },
      apiUrl,
      hookTimeoutMs: config.hookTimeoutMs,
    },
    stops,
  );
  const temporalUi = `http://127.0.0.1:${folder.fixtures.temporalUiPort}`;
  const links = { temporalUi, git: options.git };
  const api = await runApi({ config, store, client, log, links });
  port = Number(new URL(api.url).port);
  stops.push(() => api.stop());
  sayApiUrl(config.apiUrl ?? toReachable(api.url));
  return { failed, ready: toReadyLine(folder, { api: api.url, temporalUi, git: options.git }) };
}

function toReadyLine(folder: DataFolder, urls: Pick<ReadyLine, 'api' | 'temporalUi' | 'git'>): ReadyLine {
  return {
    ...urls,
    temporal: temporalAddress(folder),
    namespace,
    gitUser: 'emco',
    gitTokenFile: folder.gitTokenFile,
    data: folder.root,
  };
}
