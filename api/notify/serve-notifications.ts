/** `emcoctl watch`: EMCO's gRPC status notification, as a face of `GET …/status`. */
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status as codes,
} from '@grpc/grpc-js';
import { Failure } from '#domain/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { type Deregistration, loadService, type Notification, type Registration } from './protocol.ts';
import { toNotification } from './to-notification.ts';
import { toStatusPath } from './to-status-path.ts';

export interface NotifyDeps {
  /** GET of a path with a client's `Authorization`, if it sent one. */
  readonly readStatus: (path: string, authorization: string) => Promise<StatusAnswer>;
  /** Between two looks at one status; EMCO's is 3 s. */
  readonly lookEveryMs: number;
}

export interface StatusAnswer {
  readonly status: number;
  readonly body: Json;
}

export interface RunningNotifications {
  readonly port: number;
  /** Ends all streams. */
  stop(): void;
}

type Call = ServerWritableStream<Registration, Notification>;

/** Each client's look costs a query; this many a second are nothing. */
const mostClients = 300;

/** @throws Failure `internal` when the port is taken */
export async function serveNotifications(
  deps: NotifyDeps,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningNotifications> {
  const server = new Server();
  const clients = new Map<string, () => void>();
  server.addService(await loadService(), {
    StatusRegister: (call: Call) => void follow(deps, clients, call),
    StatusDeregister: (call: ServerUnaryCall<Deregistration, object>, answer: sendUnaryData<object>) => {
      clients.get(call.request.clientId)?.();
      answer(null, {});
    },
  });
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, found) => {
      if (error === null) resolve(found);
      else
        reject(
          new Failure('internal', [
            { object: `status port ${address}`, expected: 'a free port', found: error.message },
          ]),
        );
    });
  });
  return { port: bound, stop: () => server.forceShutdown() };
}

/** One client from its registration to its end: what it hears is never the same twice in a row. */
async function follow(deps: NotifyDeps, clients: Map<string, () => void>, call: Call): Promise<void> {
  const { clientId } = call.request;
  const refusal = findRefusal(call.request, clients);
  if (refusal !== null) return fail(call, refusal);
  const ended = Promise.withResolvers<void>();
  clients.set(clientId, ended.resolve);
  call.once('cancelled', ended.resolve);
  call.once('error', ended.resolve);
  try {
    const refused = await look(deps, call, ended.promise);
    if (refused === null) call.end();
    else fail(call, refused);
  } catch (error) {
    fail(call, { code: codes.INTERNAL, details: error instanceof Error ? error.message : String(error) });
  } finally {
    clients.delete(clientId);
  }
}

interface Refusal {
  readonly code: codes;
  readonly details: string;
}

function findRefusal(registration: Registration, clients: ReadonlyMap<string, unknown>): Refusal | null {
  const { clientId } = registration;
  if (clientId === '') return { code: codes.INVALID_ARGUMENT, details: 'Invalid client ID' };
  if (clients.has(clientId))
    return { code: codes.ALREADY_EXISTS, details: `Duplicate client ID: ${clientId.slice(0, 128)}` };
  if (clients.size >= mostClients)
    return { code: codes.RESOURCE_EXHAUSTED, details: `expected at most ${mostClients} clients, found another one` };
  if (toStatusPath(registration) !== null) return null;
  return { code: codes.UNIMPLEMENTED, details: 'expected digKey or lcKey: emco has no cluster networks' };
}

/** Until the client leaves or the status is gone. */
async function look(deps: NotifyDeps, call: Call, ended: Promise<void>): Promise<Refusal | null> {
  const path = toStatusPath(call.request) ?? '';
  const authorization = String(call.metadata.get('authorization')[0] ?? '');
  let last = '';
  for (;;) {
    const answer = await deps.readStatus(path, authorization).catch(() => ({ status: 503, body: {} }));
    const refusal = toRefusal(answer);
    // A server that is busy for a moment has nothing to say; the client waits.
    if (refusal !== null && (last === '' || answer.status < 500)) return refusal;
    if (refusal === null) last = tell(call, toNotification(toBody(answer), call.request), last);
    const isOver = await Promise.race([ended.then(() => true), after(deps.lookEveryMs)]);
    if (isOver) return null;
  }
}

function tell(call: Call, notification: Notification, last: string): string {
  const text = JSON.stringify(notification);
  if (text !== last) call.write(notification);
  return text;
}

const after = (milliseconds: number): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), milliseconds).unref();
  });

const toBody = ({ body }: StatusAnswer): JsonObject => (isJsonObject(body) ? body : {});

function toRefusal(answer: StatusAnswer): Refusal | null {
  const details = toDetail(answer);
  if (answer.status === 401 || answer.status === 403) return { code: codes.UNAUTHENTICATED, details };
  if (answer.status >= 500) return { code: codes.UNAVAILABLE, details };
  if (answer.status >= 400) return { code: codes.NOT_FOUND, details };
  if (toBody(answer)['deployedStatus'] !== undefined) return null;
  return { code: codes.FAILED_PRECONDITION, details: 'expected it to be instantiated, found it was never' };
}

function toDetail(answer: StatusAnswer): string {
  const { detail } = toBody(answer);
  return typeof detail === 'string' ? detail : `status ${answer.status}`;
}

function fail(call: Call, { code, details }: Refusal): void {
  call.emit('error', { code, details });
}
