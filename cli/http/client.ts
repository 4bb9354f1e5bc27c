import { CliError } from '#cli/cli-error.ts';
import type { CliDeps } from '#cli/cli-deps.ts';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readServerOf } from './emco-config.ts';
import { readServerEvents, type ServerEvent } from './event-stream.ts';
import { toProblem, toRefusal } from './problem.ts';
import type { Problem } from './problem.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with query, from the server's root: `/v2/projects`. */
  readonly path: string;
  /** JSON value, or a form for documents with files. */
  readonly body?: unknown;
  /** Makes a POST safe to send again. */
  readonly idempotencyKey?: string;
  /** How often it is sent at most while the server says 503; default 4 where repeating is safe. */
  readonly tries?: number;
}

export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON, else text; null for an empty body. */
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Client {
  readonly server: string;
  /** Gives every answer below 400; throws `CliError` for all others. */
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  /** Gives refusals as values. */
  readonly ask: (request: ApiRequest) => Promise<ApiAnswer & { readonly problem: Problem | null }>;
  /** Yields events until the server ends the stream; throws `CliError` `unreachable` when the connection is lost. */
  readonly listen: (request: ListenRequest) => AsyncIterable<ServerEvent>;
}

export interface ListenRequest {
  readonly path: string;
  /** Empty: from what the path says. */
  readonly lastEventId: string;
}

export interface ConnectionOptions {
  readonly server?: string;
  /** A configuration file of EMCO's client. */
  readonly config?: string;
  readonly tokenFile?: string;
}

const REQUEST_TIMEOUT_MS = 60_000;
const TRIES = 4;
const LONGEST_PAUSE_S = 10;
/** The server says that it is there every 15 s. */
const SILENCE_MS = 60_000;

export async function connect(options: ConnectionOptions, deps: CliDeps): Promise<Client> {
  const server = toServer(await chooseServer(options, deps));
  const token = await readToken(options.tokenFile ?? deps.env['EMCO_TOKEN_FILE']);
  const ask: Client['ask'] = async (request) => {
    const answer = await sendPatiently({ server, token, deps }, request);
    return { ...answer, problem: answer.status < 400 ? null : toProblem(answer.status, answer.body) };
  };
  const send: Client['send'] = async (request) => {
    const { problem, ...answer } = await ask(request);
    if (problem !== null) throw toRefusal(`${request.method} ${request.path}`, problem);
    return answer;
  };
  const listen: Client['listen'] = (request) => listenTo({ server, token, deps }, request);
  return { server, ask, send, listen };
}

/** The first that is given; the file in the home folder is for those who have one from EMCO. */
async function chooseServer({ server, config }: ConnectionOptions, { env, err }: CliDeps): Promise<string> {
  if (server !== undefined) return server;
  if (config !== undefined) return readServerOf(config);
  if (env['EMCO_URL'] !== undefined) return env['EMCO_URL'];
  const own = join(env['HOME'] ?? '', '.emco.yaml');
  if (env['HOME'] === undefined || !(await isThere(own))) return 'http://127.0.0.1:9015';
  const found = await readServerOf(own);
  err(`emco: server ${found}, from ${own}\n`);
  return found;
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

function toServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CliError('usage', `server: expected a URL such as http://127.0.0.1:9015, found ${text}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new CliError('usage', 'server: expected a URL without credentials', 'give a token by --token-file FILE');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v2$/, '')}`;
}

async function readToken(file: string | undefined): Promise<string | null> {
  if (file === undefined || file === '') return null;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new CliError('usage', `token file ${file}: expected a readable file, found ${toReason(error)}`);
  }
}

interface Connection {
  readonly server: string;
  readonly token: string | null;
  readonly deps: CliDeps;
}

/** Sends again what is safe to repeat while the server says 503: everything but a POST without a key. */
async function sendPatiently(connection: Connection, request: ApiRequest): Promise<ApiAnswer> {
  const isSafe = request.method !== 'POST' || request.idempotencyKey !== undefined;
  const tries = request.tries ?? (isSafe ? TRIES : 1);
  for (let tried = 1; ; tried += 1) {
    const answer = await sendOnce(connection, request);
    if (answer.status !== 503 || tried >= tries) return answer;
    const pause = Math.min(Number(answer.headers.get('retry-after') ?? 1) || 1, LONGEST_PAUSE_S);
    connection.deps.err(`emco: the server is busy, trying again in ${pause} s\n`);
    await connection.deps.sleep(pause * 1000);
  }
}

async function sendOnce({ server, token, deps }: Connection, request: ApiRequest): Promise<ApiAnswer> {
  const { method, path, body, idempotencyKey } = request;
  const headers = new Headers({ accept: 'application/json', 'user-agent': 'emco-cli' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  if (body !== undefined && !(body instanceof FormData)) headers.set('content-type', 'application/json');
  const payload = body === undefined ? null : body instanceof FormData ? body : JSON.stringify(body);
  try {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const response = await deps.fetch(`${server}${path}`, {
      method,
      headers,
      body: payload,
      signal,
      redirect: 'error',
    });
    for (const text of toWarnings(response.headers)) deps.err(`emco: warning: ${text}\n`);
    return { status: response.status, body: await readBody(response), headers: response.headers };
  } catch (error) {
    throw new CliError(
      'unreachable',
      `server ${server}: expected an answer to ${method} ${path}, found ${toReason(error)}`,
      'start it with `emco up`, or name another one with --server or EMCO_URL',
    );
  }
}

async function* listenTo({ server, token, deps }: Connection, request: ListenRequest): AsyncGenerator<ServerEvent> {
  const { path, lastEventId } = request;
  const headers = new Headers({ accept: 'text/event-stream', 'user-agent': 'emco-cli' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  if (lastEventId !== '') headers.set('last-event-id', lastEventId);
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await deps.fetch(`${server}${path}`, { headers, signal: silence.signal, redirect: 'error' });
    if (!response.ok) throw toRefusal(`GET ${path}`, toProblem(response.status, await readBody(response)));
    if (response.body === null) return;
    for await (const event of readServerEvents(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      if (event !== null) yield event;
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('unreachable', `server ${server}: expected events of ${path}, found ${toReason(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Texts of `Warning` headers (RFC 7234): accepted, but worth knowing. */
const toWarnings = (headers: Headers): readonly string[] =>
  Array.from((headers.get('warning') ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, text = '']) =>
    text.replaceAll('\\"', '"'),
  );

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `fetch` hides the cause one level down. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `none within ${REQUEST_TIMEOUT_MS / 1000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause ? String(cause.code) : cause.message;
  return code === 'ECONNREFUSED' ? 'nobody listening there' : code;
}
