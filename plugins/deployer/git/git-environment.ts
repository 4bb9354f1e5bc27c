import { delimiter } from 'node:path';

import type { GitRepository } from '#domain/ports/plugins.ts';

import type { GitDeployerDeps } from './deps.ts';

/** What of the process's environment git may see: where programs, proxies and certificates are. */
const inherited = [
  'PATH',
  'SYSTEMROOT',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'SSL_CERT_FILE',
];
const lowerCased = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'];
const certificates = ['SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'];

/** Same for every command. Housekeeping is ours; a redirect could carry the token to another host. */
const fixedConfig: readonly (readonly [string, string])[] = [
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['gc.autoDetach', 'false'],
  ['gc.pruneExpire', '1.day.ago'],
  ['gc.autoPackLimit', '40'],
  ['core.compression', '1'],
  ['pack.window', '0'],
  ['pack.writeBitmaps', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['fetch.fsckObjects', 'false'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['credential.interactive', 'false'],
  ['advice.pushUpdateRejected', 'false'],
];

/** Without these a large import spends most of its time growing the heap page by page. */
const largeHeapSteps = { MALLOC_TRIM_THRESHOLD_: '1000000000', MALLOC_TOP_PAD_: '100000000' } as const;

export interface EnvironmentRequest {
  readonly deps: GitDeployerDeps;
  /** The bare repository, never looked for in parent folders. */
  readonly gitDir: string;
  readonly home: string;
  /** Absent for commands that stay on this machine. */
  readonly remote?: Pick<GitRepository, 'credentials'>;
}

/** The whole environment of a git process. The token stands here and nowhere else. */
export function toGitEnvironment({ deps, gitDir, home, remote }: EnvironmentRequest): Record<string, string> {
  const config = [...fixedConfig, ...(remote === undefined ? [] : toHeader(remote))];
  return {
    ...pickInherited(deps.environment),
    ...largeHeapSteps,
    HOME: home,
    LC_ALL: 'C',
    GIT_DIR: gitDir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: deps.allowFile === true ? 'http:https:file' : 'http:https',
    ...toConfigVariables(config),
  };
}

function toHeader({ credentials }: Pick<GitRepository, 'credentials'>): readonly (readonly [string, string])[] {
  if (credentials.token === '') return [];
  return [['http.extraHeader', `Authorization: Basic ${toBasic(credentials)}`]];
}

export const toBasic = ({ userName, token }: GitRepository['credentials']): string =>
  Buffer.from(`${userName}:${token}`).toString('base64');

function pickInherited(environment: GitDeployerDeps['environment']): Record<string, string> {
  const names = [...inherited, ...lowerCased, ...certificates];
  const found = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter), ...Object.fromEntries(found) };
}

function toConfigVariables(config: readonly (readonly [string, string])[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(config.length) };
  for (const [at, [key, value]] of config.entries()) {
    variables[`GIT_CONFIG_KEY_${at}`] = key;
    variables[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  return variables;
}
