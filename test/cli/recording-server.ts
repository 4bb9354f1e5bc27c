import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface StubAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RecordingServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** `POST /v2/projects` of every request so far. */
  readonly lines: () => readonly string[];
}

/** A real HTTP server on a free port that records what comes and answers as it is told; by default like the API to a success. */
export async function startRecordingServer(
  answer: (request: RecordedRequest) => StubAnswer | undefined = () => undefined,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const recorded = await record(request);
      requests.push(recorded);
      reply(response, answer(recorded) ?? toSuccess(recorded));
    })();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    lines: () => requests.map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const body = (await buffer(request)).toString('latin1');
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

function toSuccess({ method, path }: RecordedRequest): StubAnswer {
  if (method === 'DELETE') return { status: 204 };
  if (method !== 'POST') return { status: 200, json: {} };
  return /\/(approve|instantiate|terminate|update|rollback|stop|pause|resume)$/.test(path)
    ? { status: 202 }
    : { status: 201, json: {} };
}

function reply(response: ServerResponse, { status, json, text, headers = {} }: StubAnswer): void {
  const type = json === undefined ? 'text/plain' : status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(json === undefined ? (text ?? '') : JSON.stringify(json));
}
