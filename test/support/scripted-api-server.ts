/** An HTTP server that answers as a test says: for what a real API server does not do on demand. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request; what it does not end stays open, as a watch does. */
export type Script = (request: ScriptedRequest, response: ServerResponse) => void;

export interface ScriptedApiServer {
  readonly kubeconfig: string;
  readonly port: number;
  readonly requests: readonly ScriptedRequest[];
  readonly stop: () => Promise<void>;
}

export async function startScriptedApiServer(script: Script, prefix = ''): Promise<ScriptedApiServer> {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await read(incoming);
      requests.push(request);
      script(request, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    kubeconfig: toKubeconfig(`http://127.0.0.1:${port}${prefix}`),
    port,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(incoming: IncomingMessage): Promise<ScriptedRequest> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8') as AsyncIterable<string>) body += chunk;
  const url = new URL(incoming.url ?? '/', 'http://server');
  const query = Object.fromEntries(url.searchParams);
  return { method: incoming.method ?? '', path: url.pathname, query, headers: incoming.headers, body };
}

const toKubeconfig = (server: string): string =>
  stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'the-token' } }],
  });

export function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
