/** The API on its address, with everything that it works with. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ApiDeps, ApiLinks } from '#api/deps.ts';
import type { GroupControl } from '#api/group-control.ts';
import { serveNotifications, type StatusAnswer } from '#api/notify/serve-notifications.ts';
import { listen, type RunningApi as Listening } from '#api/server.ts';
import { makeTemporalControl } from '#api/temporal-control.ts';
import type { Json } from '#domain/json.ts';
import type { Store } from '#domain/ports/store.ts';
import type { ApiConfig } from './config.ts';
import manifest from '#package.json' with { type: 'json' };
import { makeArchives, makeHealthExpressions, makeInstance, parseYamlDocuments } from './wiring.ts';

export interface ApiOptions {
  readonly config: ApiConfig;
  readonly store: Store;
  readonly client: Client;
  readonly log: Logger;
  readonly links: ApiLinks;
}

export interface RunningApi extends Listening {
  readonly control: GroupControl;
}

export async function runApi(options: ApiOptions): Promise<RunningApi> {
  const { config, store, client, log, links } = options;
  const control = makeTemporalControl({ client });
  const token = config.tokenFile === null ? undefined : (await readFile(config.tokenFile, 'utf8')).trim();
  const deps: ApiDeps = {
    store,
    archives: makeArchives(),
    parseYaml: parseYamlDocuments,
    healthExpressions: makeHealthExpressions(),
    control,
    clock: { now: () => new Date().toISOString() },
    ids: { uuid: () => randomUUID(), instance: makeInstance },
    log,
    links,
    version: manifest.version,
    ...(token === undefined ? {} : { token }),
  };
  const server = await listen(deps, { host: config.address, port: config.port });
  const notifications = await runNotifications(config, server);
  const stop = async (): Promise<void> => {
    notifications.stop();
    await server.stop();
  };
  return { ...server, control, stop };
}

/** EMCO's interval. */
const lookEveryMs = 3000;

async function runNotifications({ address, statusPort }: ApiConfig, server: Listening): Promise<{ stop(): void }> {
  if (statusPort === null) return { stop: () => undefined };
  const readStatus = (path: string, authorization: string): Promise<StatusAnswer> =>
    readJson(`${server.url}${path}`, authorization);
  try {
    return await serveNotifications({ readStatus, lookEveryMs }, { host: address, port: statusPort });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function readJson(url: string, authorization: string): Promise<StatusAnswer> {
  const headers = { accept: 'application/json', ...(authorization === '' ? {} : { authorization }) };
  const response = await fetch(url, { headers });
  // The API answers a client that accepts JSON with nothing else.
  return { status: response.status, body: (await response.json()) as Json };
}

/** An address that means all addresses is reached at the loopback one. */
export const toReachable = (url: string): string =>
  url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
