import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { ApiCall } from '#domain/ports/api-server.ts';
import type { Kubeconfig } from '#domain/kubeconfig.ts';

export type TlsOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

/** Where and as whom requests are sent. */
export interface Endpoint {
  readonly server: URL;
  readonly agent: PlainAgent;
  readonly headers: Readonly<Record<string, string>>;
  /** For connections of our own; null where a proxy or plain HTTP forbids them. */
  readonly tls: TlsOptions | null;
  /** `user:password`, or null. */
  readonly basicAuth: string | null;
}

const name = 'cluster';
/** For servers and proxies that speak HTTP/1.1 only. */
const keepAlive = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 2 };

/** Credentials and proxies are read by Kubernetes' own client, which is heavy and so is loaded here only. */
export async function openEndpoint(config: Kubeconfig): Promise<Endpoint> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const client = new KubeConfig();
  client.loadFromOptions({
    clusters: [toCluster(config)],
    users: [toUser(config)],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  });
  const options: RequestOptions = {};
  await client.applyToHTTPSOptions(options);
  return {
    server: new URL(config.server),
    agent: toAgent(config, options),
    tls: config.proxyUrl === '' && config.server.startsWith('https:') ? toTlsOptions(options) : null,
    headers: toHeaders(options),
    basicAuth: options.auth ?? null,
  };
}

/** Its agent is taken for proxies; ours keeps connections open. */
function toAgent(config: Kubeconfig, options: RequestOptions): PlainAgent {
  if (config.proxyUrl !== '' && options.agent instanceof PlainAgent) return options.agent;
  if (config.server.startsWith('http:')) return new PlainAgent(keepAlive);
  return new Agent({ ...keepAlive, ...toTlsOptions(options) });
}

function toTlsOptions({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): TlsOptions {
  const tls = { ca, cert, key, rejectUnauthorized, servername };
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}

/** The URL of a call; the server's own may have a path, as behind a proxy of many clusters. */
export function toTarget(endpoint: Endpoint, call: ApiCall): URL {
  const url = new URL(endpoint.server);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${call.path}`;
  url.search = new URLSearchParams(call.query).toString();
  return url;
}

function toHeaders(options: RequestOptions): Record<string, string> {
  const given = Object.entries(options.headers ?? {}).map(([field, value]) => [field.toLowerCase(), String(value)]);
  return { ...Object.fromEntries(given), 'user-agent': 'emco' };
}

const toCluster = (config: Kubeconfig) => ({
  name,
  server: config.server,
  skipTLSVerify: config.insecure,
  ...given({
    caData: config.certificateAuthority,
    tlsServerName: config.tlsServerName,
    proxyUrl: config.proxyUrl,
  }),
});

const toUser = (config: Kubeconfig) => ({
  name,
  ...given({
    certData: config.clientCertificate,
    keyData: config.clientKey,
    token: config.token,
    username: config.userName,
    password: config.password,
    impersonateUser: config.impersonate,
  }),
});

const given = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

/** The length is said always: for a DELETE, Node would send the body without any. */
export const toPayloadHeaders = (call: ApiCall, payload: Buffer) => ({
  'content-type': call.contentType ?? 'application/json',
  'content-length': payload.length,
});
