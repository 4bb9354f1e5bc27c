import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Failure } from '#domain/failure.ts';
import type { ApiCall } from '#domain/ports/api-server.ts';
import { toPayloadHeaders, toTarget } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** Sends one request and gives the response when its head is there. A kept connection that had died is replaced once. */
export async function send(endpoint: Endpoint, call: ApiCall, timeoutMs: number): Promise<IncomingMessage> {
  try {
    return await sendOnce(endpoint, call, timeoutMs);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return sendOnce(endpoint, call, timeoutMs);
  }
}

class StaleConnection extends Error {}

function sendOnce(endpoint: Endpoint, call: ApiCall, timeoutMs: number): Promise<IncomingMessage> {
  call.signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const payload = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
  const outgoing = open(endpoint, call, payload);
  const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  outgoing.once('response', (response) => {
    clearTimeout(timer);
    resolve(response);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
    reject(isStale ? new StaleConnection() : toFailure(error, endpoint, call));
  });
  outgoing.end(payload);
  return promise;
}

function open(endpoint: Endpoint, call: ApiCall, payload: Buffer | null): ClientRequest {
  const url = toTarget(endpoint, call);
  const request = url.protocol === 'http:' ? plainRequest : tlsRequest;
  return request(url, {
    method: call.method,
    agent: endpoint.agent,
    headers: {
      ...endpoint.headers,
      accept: call.accept ?? 'application/json',
      ...(payload === null ? {} : toPayloadHeaders(call, payload)),
    },
    ...(endpoint.basicAuth === null ? {} : { auth: endpoint.basicAuth }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

/** What the caller sees of a broken connection: its own abort, or that the cluster is unreachable. */
export function toFailure(error: Error, endpoint: Endpoint, call: ApiCall): unknown {
  if (call.signal?.aborted === true) return call.signal.reason;
  if (error instanceof Failure) return error;
  return unreachable(endpoint, call, error.message || error.name);
}

export function unreachable(endpoint: Endpoint, call: ApiCall, found: string): Failure {
  const object = `API server ${endpoint.server.origin}`;
  return new Failure('cluster-unreachable', [{ object, expected: `an answer to ${call.method} ${call.path}`, found }]);
}
