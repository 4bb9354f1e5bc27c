import { Agent, request } from 'node:https';

import type { ClusterAccess } from './kubeconfig.ts';

interface KubeAnswer {
  readonly status: number;
  /** The parsed body, or its text where it is not JSON. */
  readonly body: unknown;
}

/** A small client for one API server: enough to set up a lab cluster and to look into it. */
export interface KubeApi {
  readonly get: (path: string) => Promise<KubeAnswer>;
  /** Server-side apply of one object, as JSON value or YAML text, at its own path; throws unless it is taken. */
  readonly apply: (path: string, object: object | string) => Promise<void>;
  /** Deletes one object; one that is not there is fine. */
  readonly remove: (path: string) => Promise<void>;
  /** Closes the connections. */
  readonly close: () => void;
}

const REQUEST_TIMEOUT_MS = 15_000;

export function makeKubeApi(access: ClusterAccess): KubeApi {
  const agent = new Agent({ ca: access.ca, keepAlive: true, maxSockets: 8 });
  const call = (method: string, path: string, payload?: string): Promise<KubeAnswer> => {
    const { promise, resolve, reject } = Promise.withResolvers<KubeAnswer>();
    const type = payload === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' };
    const headers = { authorization: `Bearer ${access.token}`, ...type };
    const url = new URL(path, access.server);
    const outgoing = request(url, { method, agent, headers, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parseBody(text) }));
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
    outgoing.on('error', reject);
    outgoing.end(payload);
    return promise;
  };
  return {
    get: (path) => call('GET', path),
    apply: async (path, object) => {
      const payload = typeof object === 'string' ? object : JSON.stringify(object);
      expectTaken(path, await call('PATCH', `${path}?fieldManager=lab&force=true`, payload));
    },
    remove: async (path) => {
      const answer = await call('DELETE', path);
      if (answer.status !== 404) expectTaken(path, answer);
    },
    close: () => agent.destroy(),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function expectTaken(path: string, { status, body }: KubeAnswer): void {
  if (status < 300) return;
  throw new Error(`${path}: expected the API server to take it, found ${status} ${JSON.stringify(body).slice(0, 300)}`);
}
