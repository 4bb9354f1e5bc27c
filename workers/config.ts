/** The only reader of the environment and of the command line of the workers. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isLoopback } from '#api/server.ts';

export interface ApiConfig {
  readonly address: string;
  readonly port: number;
  /** File that holds the bearer token; null: none. */
  readonly tokenFile: string | null;
  readonly lookUps: LookUpConfig;
  /** Of EMCO's status notification (gRPC), which `emcoctl watch` asks; null: not served. */
  readonly statusPort: number | null;
  /** Where controllers of one's own reach the API; null: where it listens. */
  readonly apiUrl: string | null;
}

/** For `$(http…)$` in patch values. */
export interface LookUpConfig {
  /** What may be asked besides public addresses: addresses, CIDRs, host names, each perhaps with a port. */
  readonly allow: readonly string[];
  /** `host:port` under which documents mean this installation's kv pairs; host `*` for any. */
  readonly own: readonly string[];
}

/** EMCO's cluster manager has this node port everywhere; documents that moved here still name it. */
const emcoClusterManager = '*:30461';

interface HookConfig {
  /** How long a Helm hook may take. */
  readonly hookTimeoutMs: number;
}

export interface EmbeddedConfig extends ApiConfig, HookConfig {
  readonly data: string;
  readonly json: boolean;
  readonly logLevel: string;
}

export interface ServerConfig extends ApiConfig, HookConfig {
  /** Which parts this process runs. */
  readonly roles: readonly ('api' | 'worker')[];
  readonly databaseUrl: string;
  readonly keyFile: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly temporalUi: string;
  readonly cacheFolder: string;
  readonly watchShards: number;
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export class UsageError extends Error {}

export function parseEmbeddedConfig(args: readonly string[], environment: Environment): EmbeddedConfig {
  const { values } = readArguments(() =>
    parseArgs({
      args: [...args],
      options: {
        data: { type: 'string', default: join(homedir(), '.emco') },
        port: { type: 'string', default: '9015' },
        address: { type: 'string', default: '127.0.0.1' },
        'status-port': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const tokenFile = environment['EMCO_TOKEN_FILE'] ?? null;
  refuseOpenAddress(values.address, tokenFile);
  const { 'status-port': statusPort, ...given } = values;
  return {
    ...given,
    port: toPort(values.port),
    statusPort: toStatusPort(statusPort ?? environment['EMCO_STATUS_PORT']),
    tokenFile,
    lookUps: toLookUps(environment),
    apiUrl: toApiUrl(environment['EMCO_API_URL']),
    hookTimeoutMs: toHookTimeoutMs(environment),
    logLevel: environment['EMCO_LOG_LEVEL'] ?? 'warn',
  };
}

export function parseServerConfig(args: readonly string[], environment: Environment): ServerConfig {
  const { positionals } = readArguments(() => parseArgs({ args: [...args], allowPositionals: true }));
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new UsageError(`environment: expected ${name}, found none`);
    return value;
  };
  const roles = toRoles(positionals);
  const address = environment['EMCO_ADDRESS'] ?? '127.0.0.1';
  const tokenFile = environment['EMCO_TOKEN_FILE'] ?? null;
  if (roles.includes('api')) refuseOpenAddress(address, tokenFile);
  return {
    roles,
    address,
    port: toPort(environment['EMCO_PORT'] ?? '9015'),
    statusPort: toStatusPort(environment['EMCO_STATUS_PORT']),
    tokenFile,
    lookUps: toLookUps(environment),
    apiUrl: toApiUrl(environment['EMCO_API_URL']),
    databaseUrl: need('DATABASE_URL'),
    keyFile: need('EMCO_KEY_FILE'),
    temporalAddress: need('TEMPORAL_ADDRESS'),
    namespace: environment['TEMPORAL_NAMESPACE'] ?? 'emco',
    temporalUi: environment['TEMPORAL_UI_URL'] ?? '',
    cacheFolder: environment['EMCO_CACHE'] ?? join(homedir(), '.cache', 'emco', 'server'),
    hookTimeoutMs: toHookTimeoutMs(environment),
    watchShards: toCount(environment['EMCO_WATCH_SHARDS'] ?? '16', 'EMCO_WATCH_SHARDS'),
    logLevel: environment['EMCO_LOG_LEVEL'] ?? 'info',
  };
}

/** Said before anything is started; `listen` refuses it too. */
function refuseOpenAddress(address: string, tokenFile: string | null): void {
  if (isLoopback(address) || tokenFile !== null) return;
  throw new UsageError(`address ${address}: expected EMCO_TOKEN_FILE for an address that others reach, found none`);
}

function readArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'bad arguments');
  }
}

function toLookUps(environment: Environment): LookUpConfig {
  const list = (name: string, otherwise: string): readonly string[] =>
    (environment[name] ?? otherwise)
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  const own = list('EMCO_LOOKUP_OWN', emcoClusterManager).map((entry) => entry.toLowerCase());
  const wrong = own.find((entry) => !/^(\*|[-a-z0-9_.]+|\[[0-9a-f:.]+\]):\d{1,5}$/.test(entry));
  if (wrong !== undefined) throw new UsageError(`EMCO_LOOKUP_OWN: expected host:port, host * for any, found ${wrong}`);
  return { allow: list('EMCO_LOOKUP_ALLOW', ''), own };
}

function toApiUrl(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  const url = URL.parse(text);
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new UsageError('EMCO_API_URL: expected http(s)://host:port without credentials, found something else');
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`port: expected a number from 0 to 65535, found ${text}`);
}

const toStatusPort = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : toPort(text);
/** Five minutes, as Helm gives. */
const toHookTimeoutMs = (environment: Environment): number =>
  1000 * toCount(environment['EMCO_HOOK_TIMEOUT'] ?? '300', 'EMCO_HOOK_TIMEOUT');

function toCount(text: string, name: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`${name}: expected a whole number from 1, found ${text}`);
}

function toRoles(positionals: readonly string[]): ServerConfig['roles'] {
  const [role = 'all'] = positionals;
  if (role === 'all') return ['api', 'worker'];
  if (role === 'api' || role === 'worker') return [role];
  throw new UsageError(`role: expected api, worker or all, found ${role}`);
}
