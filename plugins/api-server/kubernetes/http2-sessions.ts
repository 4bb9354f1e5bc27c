import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { ApiCall } from '#domain/ports/api-server.ts';
import { toPayloadHeaders, toTarget } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** API servers allow 100 and more streams a connection. */
const mostStreams = 90;
const connectTimeoutMs = 15_000;
const pingEveryMs = 20_000;
const pingTimeoutMs = 10_000;

interface Session {
  readonly http2: ClientHttp2Session;
  streams: number;
}

/** HTTP/2: one connection carries all watches and requests of a cluster, where each watch would else cost a TLS connection. */
export class Http2Sessions {
  readonly #endpoint: Endpoint;
  readonly #sessions = new Set<Session>();
  #opening: Promise<Session | null> | null = null;
  #isSpoken: boolean;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#isSpoken = endpoint.tls !== null;
  }

  /** Opens a stream and gives it with the head of its response; null when the server speaks HTTP/1.1 only. */
  async request(call: ApiCall, timeoutMs: number): Promise<{ status: number; body: ClientHttp2Stream } | null> {
    const session = await this.#find();
    if (session === null) return null;
    call.signal?.throwIfAborted();
    const payload = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
    const headers = toHeaders(this.#endpoint, call, payload);
    const signal = call.signal === undefined ? {} : { signal: call.signal };
    const stream = session.http2.request(headers, { endStream: payload === null, ...signal });
    if (payload !== null) stream.end(payload);
    session.streams += 1;
    stream.once('close', () => (session.streams -= 1));
    return { status: await readStatus(stream, timeoutMs), body: stream };
  }

  close(): void {
    for (const { http2 } of this.#sessions) http2.destroy();
  }

  async #find(): Promise<Session | null> {
    for (const session of this.#sessions) {
      const { http2 } = session;
      if (!http2.closed && !http2.destroyed && session.streams < mostStreams) return session;
    }
    if (!this.#isSpoken) return null;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open(): Promise<Session | null> {
    const socket = await openSocket(this.#endpoint);
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      this.#isSpoken = false;
      return null;
    }
    const session: Session = {
      http2: connectHttp2(this.#endpoint.server, { createConnection: () => socket }),
      streams: 0,
    };
    this.#sessions.add(session);
    const pings = setInterval(() => ping(session.http2), pingEveryMs).unref();
    session.http2.on('error', () => undefined); // its streams tell
    session.http2.once('close', () => {
      clearInterval(pings);
      this.#sessions.delete(session);
    });
    return session;
  }
}

async function openSocket(endpoint: Endpoint): Promise<TLSSocket> {
  const host = endpoint.server.hostname.replace(/^\[|\]$/g, '');
  const socket = connectTls({
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...endpoint.tls,
    host,
    port: Number(endpoint.server.port || '443'),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const timer = setTimeout(() => socket.destroy(new Error('no TLS connection in time')), connectTimeoutMs);
  socket.once('secureConnect', () => resolve(socket));
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed')));
  return promise.finally(() => clearTimeout(timer));
}

/** Finds a connection that died in silence, as routers and firewalls on the way let them. */
function ping(session: ClientHttp2Session): void {
  const timer = setTimeout(() => session.destroy(new Error('no answer to a ping')), pingTimeoutMs).unref();
  if (!session.closed && !session.destroyed) session.ping(() => clearTimeout(timer));
}

function readStatus(stream: ClientHttp2Stream, timeoutMs: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => stream.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  stream.once('response', (headers: IncomingHttpHeaders & { ':status'?: number }) => resolve(headers[':status'] ?? 0));
  stream.on('error', reject);
  stream.once('close', () => reject(new Error('the stream was closed')));
  return promise.finally(() => clearTimeout(timer));
}

function toHeaders(endpoint: Endpoint, call: ApiCall, payload: Buffer | null): Record<string, string | number> {
  const { pathname, search } = toTarget(endpoint, call);
  const basic = endpoint.basicAuth === null ? null : Buffer.from(endpoint.basicAuth).toString('base64');
  return {
    ...endpoint.headers,
    ...(basic === null ? {} : { authorization: `Basic ${basic}` }),
    ':method': call.method,
    ':path': `${pathname}${search}`,
    accept: call.accept ?? 'application/json',
    ...(payload === null ? {} : toPayloadHeaders(call, payload)),
  };
}
