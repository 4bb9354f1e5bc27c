/** How to reach a cluster as its administrator. */
export interface ClusterAccess {
  /** `https://127.0.0.1:port`. */
  readonly server: string;
  readonly token: string;
  /** PEM. */
  readonly ca: string;
}

/** The text of a kubeconfig with one cluster, one user and one context, all of the same name. */
export function toKubeconfig(name: string, { server, token, ca }: ClusterAccess): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${name}`,
    '  cluster:',
    `    server: ${server}`,
    `    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`,
    'users:',
    `- name: ${name}`,
    '  user:',
    `    token: ${token}`,
    'contexts:',
    `- name: ${name}`,
    '  context:',
    `    cluster: ${name}`,
    `    user: ${name}`,
    `current-context: ${name}`,
    '',
  ].join('\n');
}
