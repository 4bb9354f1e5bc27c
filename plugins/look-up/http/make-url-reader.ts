/** Look-ups over HTTP: GET within a time and a size, only where the operator lets it go, redirects included. */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookedUp, UrlReader } from '#domain/ports/url-reader.ts';
import { type AddressRules, makeAddressRules } from './address-rules.ts';
import { AddressRefused, makeGuardedLookup } from './guarded-lookup.ts';
import { postpone, readAnswer, refuse } from './read-answer.ts';

export interface UrlReaderOptions {
  /** What may be connected to besides public addresses: addresses, CIDRs, host names, each perhaps with a port. */
  readonly allow: readonly string[];
  /** From the request to the end of the answer, redirects included. */
  readonly timeoutMs: number;
  readonly largestBytes: number;
}

interface Reader extends UrlReaderOptions {
  readonly rules: AddressRules;
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

const mostRedirects = 3;
const redirects = new Set([301, 302, 303, 307, 308]);

/** @throws Failure `document-invalid` for an `allow` that can't be read */
export function makeUrlReader(options: UrlReaderOptions): UrlReader {
  // Sockets are shared by requests to one host and port, which were judged when the socket was opened.
  const keep = { keepAlive: true, maxSockets: 16, timeout: options.timeoutMs } as const;
  const agents = { http: new HttpAgent(keep), https: new HttpsAgent(keep) };
  const reader: Reader = { ...options, rules: makeAddressRules(options.allow), agents };
  return { read: (url, signal) => read(reader, url, signal) };
}

async function read(reader: Reader, url: string, signal: AbortSignal): Promise<LookedUp> {
  const timeout = AbortSignal.timeout(reader.timeoutMs);
  try {
    return await follow(reader, url, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return postpone(`an answer within ${reader.timeoutMs} ms`, 'none');
    if (error instanceof AddressRefused) return refuse('an address that EMCO_LOOKUP_ALLOW lists', error.found);
    return postpone('an answer', toReason(error));
  }
}

async function follow(reader: Reader, first: string, signal: AbortSignal): Promise<LookedUp> {
  let url = toUrl(first);
  for (let redirected = 0; url !== null; redirected += 1) {
    const response = await send(reader, url, signal);
    if (!redirects.has(response.statusCode ?? 0)) return readAnswer(response, reader.largestBytes);
    const { location = '' } = response.headers;
    response.destroy();
    if (redirected === mostRedirects) return refuse(`at most ${mostRedirects} redirects`, 'more');
    url = toUrl(location, url);
    if (url === null) return refuse('a redirect to an http or https URL', 'another one');
  }
  return refuse('an http or https URL without user and password', 'another one');
}

function toUrl(text: string, base?: URL): URL | null {
  const url = URL.parse(text, base?.href);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return url.username === '' && url.password === '' ? url : null;
}

function send({ rules, agents }: Reader, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  refuseLiteral(rules, host, port);
  const options = {
    host,
    port,
    path: `${url.pathname}${url.search}`,
    agent: isSecure ? agents.https : agents.http,
    headers: { Accept: 'application/json', 'Accept-Encoding': 'identity', 'User-Agent': 'emco' },
    lookup: makeGuardedLookup(rules, port),
    signal,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  (isSecure ? requestHttps : requestHttp)(options, resolve).on('error', reject).end();
  return promise;
}

/** An address needs no resolving, so nobody else looks at it. */
function refuseLiteral(rules: AddressRules, host: string, port: number): void {
  if (isIP(host) === 0) return;
  const range = rules.refuses({ host, port, address: host });
  if (range !== null) throw new AddressRefused(host, range);
}

/** The code says enough; messages of sockets may name what others shall not know. */
function toReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'a broken connection';
}
