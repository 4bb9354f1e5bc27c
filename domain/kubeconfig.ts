/**
 * A kubeconfig from a stranger, reduced to what may be used: credentials that stand in the text itself.
 * `exec` and `auth-provider` would run programs here, file paths would read files here; both are refused.
 */
import type { Problem, Result } from './failure.ts';
import { refused, success } from './failure.ts';
import { readField, readObjects, readText } from './health-fields.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Values are as in the file (the `-data` fields are Base64 of PEM) and empty when absent. */
export interface Kubeconfig {
  readonly server: string;
  readonly insecure: boolean;
  readonly tlsServerName: string;
  readonly proxyUrl: string;
  readonly certificateAuthority: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly token: string;
  readonly userName: string;
  readonly password: string;
  readonly impersonate: string;
}

/** Reads the current context of a decoded kubeconfig; other contexts are ignored. */
export function parseKubeconfig(value: Json): Result<Kubeconfig> {
  if (!isJsonObject(value)) return refuse([problem('kubeconfig', 'a YAML object', 'something else')]);
  const wanted = readText(value, 'current-context');
  const context = findNamed(value, { list: 'contexts', name: wanted, part: 'context' });
  if (context === null) {
    const found = wanted === '' ? 'none' : `${wanted}, which is no context`;
    return refuse([problem('kubeconfig', 'current-context to name a context', found)]);
  }
  const clusterName = readText(context, 'cluster');
  const userName = readText(context, 'user');
  const cluster = findNamed(value, { list: 'clusters', name: clusterName, part: 'cluster' });
  const user = findNamed(value, { list: 'users', name: userName, part: 'user' });
  const problems = [
    ...(cluster === null ? [problem(`context ${wanted}`, 'a cluster', clusterName || 'none')] : checkCluster(cluster)),
    ...(user === null && userName !== '' ? [problem(`context ${wanted}`, 'a user', userName)] : []),
    ...(user === null ? [] : checkUser(user)),
  ];
  if (cluster === null || problems.length > 0) return refuse(problems);
  return success(toKubeconfig(cluster, user ?? {}));
}

const refuse = (problems: readonly Problem[]): Result<never> => refused('document-invalid', problems);
const problem = (object: string, expected: string, found: string): Problem => ({ object, expected, found });

function findNamed(config: JsonObject, at: { list: string; name: string; part: string }): JsonObject | null {
  const entry = readObjects(config, at.list).find((one) => readText(one, 'name') === at.name);
  const part = entry?.[at.part];
  return isJsonObject(part) ? part : null;
}

function checkCluster(cluster: JsonObject): readonly Problem[] {
  const problems = checkServer(readText(cluster, 'server'), cluster['insecure-skip-tls-verify'] === true);
  return [...problems, ...findFilePaths(cluster, 'kubeconfig cluster', ['certificate-authority'])];
}

function checkServer(server: string, insecure: boolean): readonly Problem[] {
  const [, scheme = '', authority = ''] = /^([a-z]+):\/\/([^/?#\s]+)[^?#\s]*$/i.exec(server) ?? [];
  if (authority === '') return [problem('kubeconfig server', 'a URL such as https://host:6443', server || 'none')];
  if (authority.includes('@')) return [problem('kubeconfig server', 'a URL without credentials', 'credentials')];
  if (scheme === 'https' || (scheme === 'http' && insecure)) return [];
  return [problem('kubeconfig server', 'https (http only with insecure-skip-tls-verify)', scheme)];
}

const programs = ['exec', 'auth-provider'];

function checkUser(user: JsonObject): readonly Problem[] {
  const programsFound = programs
    .filter((field) => readField(user, field) !== null)
    .map((field) => problem('kubeconfig user', 'a token, client certificate or password in the file itself', field));
  const tokenFiles = ['tokenFile', 'token-file']
    .filter((field) => readField(user, field) !== null)
    .map((field) => problem('kubeconfig user', 'the token itself in token', `a file path in ${field}`));
  const groups = ['as-groups', 'as-user-extra', 'as-uid']
    .filter((field) => readField(user, field) !== null)
    .map((field) => problem('kubeconfig user', 'impersonation by user name only', field));
  return [
    ...programsFound,
    ...findFilePaths(user, 'kubeconfig user', ['client-certificate', 'client-key']),
    ...tokenFiles,
    ...groups,
  ];
}

/** As for kubectl, a path beside embedded data is not used, so it does no harm. */
function findFilePaths(part: JsonObject, object: string, fields: readonly string[]): readonly Problem[] {
  return fields
    .filter((field) => readField(part, field) !== null && readText(part, `${field}-data`) === '')
    .map((field) => problem(object, `the content itself in ${field}-data`, `a file path in ${field}`));
}

function toKubeconfig(cluster: JsonObject, user: JsonObject): Kubeconfig {
  return {
    server: readText(cluster, 'server').replace(/\/+$/, ''),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    tlsServerName: readText(cluster, 'tls-server-name'),
    proxyUrl: readText(cluster, 'proxy-url'),
    certificateAuthority: readText(cluster, 'certificate-authority-data'),
    clientCertificate: readText(user, 'client-certificate-data'),
    clientKey: readText(user, 'client-key-data'),
    token: readText(user, 'token'),
    userName: readText(user, 'username'),
    password: readText(user, 'password'),
    impersonate: readText(user, 'as'),
  };
}
