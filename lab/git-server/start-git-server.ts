import { once } from 'node:events';
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { isAuthorised } from './authorise.ts';
import { parseGitRequest, isPush, serveGit } from './backend.ts';
import { Housekeeping } from './housekeeping.ts';
import { ensureRepository, leftovers, removeLeftovers, toRepositoryFolder } from './repositories.ts';

export interface GitServerOptions {
  /** Holds one bare repository per name; nobody else may write there. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Everybody who reads or writes must give it, as Bearer token or as password of any user. */
  readonly token: string;
}

export interface GitServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Makes a bare repository with default branch `main` unless it exists; gives its URL. */
  readonly createRepository: (name: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A lock lives for milliseconds; one of this age has no owner any more. */
const lockAgeMs = 10_000;

/** Git over smart HTTP on loopback, with token. */
export async function startGitServer({ folder, port, token }: GitServerOptions): Promise<GitServer> {
  if (token === '') throw new Error('Git server: expected a token, found an empty one');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(folder, leftovers.halves, lockAgeMs);
  const removeLocks = (): Promise<void> => removeLeftovers(folder, leftovers.locks, lockAgeMs);
  await removeLocks();
  const lateSweep = setTimeout(() => void removeLocks().catch(() => undefined), 2 * lockAgeMs).unref();
  const housekeeping = new Housekeeping(folder);
  const server = createServer((incoming, response) => {
    void answer({ folder, token, housekeeping }, incoming, response).catch(() => fail(response));
  });
  server.requestTimeout = 0; // a large push over a slow line takes its time
  const found = await listen(server, port);
  const url = `http://127.0.0.1:${found}`;
  return {
    url,
    port: found,
    createRepository: async (name) => {
      await ensureRepository(folder, name);
      return `${url}/${name}.git`;
    },
    stop: async () => {
      clearTimeout(lateSweep);
      await Promise.all([close(server), housekeeping.stop()]);
    },
  };
}

interface Served {
  readonly folder: string;
  readonly token: string;
  readonly housekeeping: Housekeeping;
}

async function answer(
  { folder, token, housekeeping }: Served,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAuthorised(incoming.headers.authorization, token)) {
    response.setHeader('WWW-Authenticate', 'Basic realm="emco"');
    return refuse(response, 401, 'expected the token of this server, found another or none');
  }
  const request = parseGitRequest(incoming.method ?? '', incoming.url ?? '');
  if (request === null) return refuse(response, 404, 'expected a request of the smart HTTP protocol');
  const repository = toRepositoryFolder(folder, request.repository);
  if ((await stat(repository).catch(() => null)) === null) {
    return refuse(response, 404, `repository ${request.repository}: found none`);
  }
  await serveGit(folder, request, { incoming, response });
  if (isPush(request) && incoming.method === 'POST') housekeeping.pushed(request.repository);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${message}\n`);
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else refuse(response, 500, 'git http-backend failed');
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Git server: expected a port, found none');
  return address.port;
}

/** Requests under way may end; idle connections are closed. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(patience);
}
