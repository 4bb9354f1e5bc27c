import { isJsonObject } from '#domain/json.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { ApiAnswer, ApiCall, ApiServer } from '#domain/ports/api-server.ts';
import { openEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { Kinds } from './kinds.ts';
import { readBody, readLines, toAnswer } from './read-answer.ts';
import type { ResponseBody } from './read-answer.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import { send, toFailure, unreachable } from './send.ts';

/** An API server answers within this time, admission webhooks (at most 30 s) included. */
const requestTimeoutMs = 35_000;
/** The head of a watch comes at once. */
const streamTimeoutMs = 15_000;

/** Connects with the credentials of a kubeconfig. Connections are opened as needed and kept until `close`. */
export async function connectApiServer(kubeconfig: string): Promise<ApiServer> {
  const endpoint = await openEndpoint(readKubeconfig(kubeconfig));
  const connection: Connection = { endpoint, sessions: new Http2Sessions(endpoint) };
  const call = (one: ApiCall): Promise<ApiAnswer> => ask(connection, one);
  const kinds = new Kinds(call);
  return {
    origin: endpoint.server.origin,
    call,
    stream: (one, options) => follow(connection, one, options),
    findKind: (wanted) => kinds.find(wanted),
    forgetKinds: () => kinds.forget(),
    close: () => {
      connection.sessions.close();
      endpoint.agent.destroy();
    },
  };
}

interface Connection {
  readonly endpoint: Endpoint;
  readonly sessions: Http2Sessions;
}

interface Reply {
  readonly status: number;
  readonly body: ResponseBody;
}

async function ask(connection: Connection, call: ApiCall): Promise<ApiAnswer> {
  return finish(connection.endpoint, call, await request(connection, call, call.timeoutMs ?? requestTimeoutMs));
}

/** By HTTP/2, or by HTTP/1.1 where the server or a proxy before it speaks no other. */
async function request({ endpoint, sessions }: Connection, call: ApiCall, timeoutMs: number): Promise<Reply> {
  const reply = await guarded(endpoint, call, () => sessions.request(call, timeoutMs));
  if (reply !== null) return reply;
  const response = await send(endpoint, call, timeoutMs);
  return { status: response.statusCode ?? 0, body: response };
}

async function finish(endpoint: Endpoint, call: ApiCall, { status, body }: Reply): Promise<ApiAnswer> {
  const text = await guarded(endpoint, call, () => readBody(body, call.timeoutMs ?? requestTimeoutMs));
  const answer = toAnswer(status, text);
  if (answer.ok || !isOutage(answer.status)) return answer;
  throw unreachable(endpoint, call, `${answer.status} ${answer.message}`);
}

/** Statuses that say nothing about the request itself. A 500 can: server-side apply answers so to an unknown field. */
const isOutage = (status: number): boolean => status === 401 || status === 429 || status > 500;

async function follow(
  connection: Connection,
  call: ApiCall,
  options: Parameters<ApiServer['stream']>[1],
): Promise<ApiAnswer> {
  const { endpoint } = connection;
  const reply = await request(connection, call, streamTimeoutMs);
  if (reply.status !== 200) return finish(endpoint, call, reply);
  const reader = toLineReader(options.onValue, () => reply.body.destroy());
  await guarded(endpoint, call, () => readLines(reply.body, { ...reader, idleMs: options.idleMs })).catch(
    (error: unknown) => {
      if (reader.problem() === null) throw error;
    },
  );
  const problem = reader.problem();
  if (problem !== null) throw problem;
  return { ok: true, body: {} };
}

/** What the receiver throws ends the stream and is no fault of the connection. */
function toLineReader(onValue: (value: JsonObject) => void, stop: () => void) {
  let problem: Error | null = null;
  const onLine = (line: string): void => {
    if (problem !== null) return;
    try {
      const value = JSON.parse(line) as Json; // JSON text gives JSON values
      if (isJsonObject(value)) onValue(value);
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
      stop();
    }
  };
  return { onLine, problem: (): Error | null => problem };
}

async function guarded<T>(endpoint: Endpoint, call: ApiCall, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw toFailure(error instanceof Error ? error : new Error(String(error)), endpoint, call);
  }
}
