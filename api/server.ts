/** Listens; anything but this machine's own address needs a token. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '#domain/failure.ts';
import { makeApp } from './app.ts';
import type { ApiDeps } from './deps.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface RunningApi {
  /** `http://127.0.0.1:9015`. */
  readonly url: string;
  readonly port: number;
  /** Takes no new calls, ends streams, lets what is under way end for a while, then closes. */
  stop(): Promise<void>;
}

const stopGraceMs = 5_000;

/** @throws Failure `unauthenticated` for an open API on an address that others reach, `internal` when the port is taken */
export async function listen(deps: ApiDeps, { host, port }: ListenOptions): Promise<RunningApi> {
  if (!isLoopback(host) && (deps.token ?? '') === '') {
    throw new Failure('unauthenticated', [
      { object: `API on ${host}`, expected: 'a bearer token for an address that others reach', found: 'none' },
    ]);
  }
  const closing = new AbortController();
  const server = createServer({ requestTimeout: 300_000, headersTimeout: 20_000 }, makeApp(deps, closing.signal));
  await begin(server, { host, port });
  // A listening TCP server has an address with a port.
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${address.port}`, port: address.port, stop: () => stop(server, closing) };
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function begin(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const found = error.code ?? error.message;
      reject(new Failure('internal', [{ object: `API on ${host}:${port}`, expected: 'a free port', found }]));
    });
    server.listen(port, host, resolve);
  });
}

function stop(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), stopGraceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
