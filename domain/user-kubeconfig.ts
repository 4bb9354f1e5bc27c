/** A kubeconfig for the user of a logical cloud, from the one by which emco reaches the cluster. */
import { type Result, success } from './failure.ts';
import type { Json } from './json.ts';
import { parseKubeconfig } from './kubeconfig.ts';
import type { UserCertificate } from './user-certificate.ts';

export interface UserKubeconfigParts {
  /** Decoded; of it only server and certificate authority are taken, no credentials. */
  readonly own: Json;
  /** Of the cluster in the file. */
  readonly cluster: string;
  /** Of the user in the file. */
  readonly user: string;
  readonly namespace: string;
  readonly certificate: Pick<UserCertificate, 'certificate' | 'privateKey'>;
  readonly toBase64: (text: string) => string;
}

/** As YAML, with one context `<user>@<cluster>`. */
export function toUserKubeconfig(parts: UserKubeconfigParts): Result<string> {
  const { cluster, user, namespace, certificate, toBase64 } = parts;
  const parsed = parseKubeconfig(parts.own);
  if (!parsed.ok) return parsed;
  const { server, certificateAuthority, tlsServerName, insecure, proxyUrl } = parsed.value;
  // One with credentials in it is emco's own.
  const proxy = proxyUrl.includes('@') ? '' : proxyUrl;
  const context = `${user}@${cluster}`;
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${quote(cluster)}`,
    '  cluster:',
    `    server: ${quote(server)}`,
    ...(certificateAuthority === '' || insecure
      ? []
      : [`    certificate-authority-data: ${quote(certificateAuthority)}`]),
    ...(tlsServerName === '' ? [] : [`    tls-server-name: ${quote(tlsServerName)}`]),
    ...(proxy === '' ? [] : [`    proxy-url: ${quote(proxy)}`]),
    ...(insecure ? ['    insecure-skip-tls-verify: true'] : []),
    'users:',
    `- name: ${quote(user)}`,
    '  user:',
    `    client-certificate-data: ${toBase64(certificate.certificate)}`,
    `    client-key-data: ${toBase64(certificate.privateKey)}`,
    'contexts:',
    `- name: ${quote(context)}`,
    '  context:',
    `    cluster: ${quote(cluster)}`,
    `    user: ${quote(user)}`,
    ...(namespace === '' ? [] : [`    namespace: ${quote(namespace)}`]),
    `current-context: ${quote(context)}`,
  ];
  return success(`${lines.join('\n')}\n`);
}

/** JSON's strings are YAML's. */
const quote = (text: string): string => JSON.stringify(text);
