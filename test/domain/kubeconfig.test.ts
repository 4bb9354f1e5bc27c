import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#domain/json.ts';
import { parseKubeconfig } from '#domain/kubeconfig.ts';

const good = { server: 'https://edge.example:6443', 'certificate-authority-data': 'Q0E=' };

const config = (user: JsonObject | null, cluster: JsonObject = good): JsonObject => ({
  'current-context': 'admin',
  contexts: [{ name: 'admin', context: { cluster: 'edge', ...(user === null ? {} : { user: 'root' }) } }],
  clusters: [{ name: 'edge', cluster }],
  users: user === null ? [] : [{ name: 'root', user }],
});

function findingsOf(value: JsonObject): readonly string[] {
  const result = parseKubeconfig(value);
  if (result.ok) return [];
  expect(result.code).toBe('document-invalid');
  return result.problems.map(({ object, expected, found }) => `${object}: expected ${expected}, found ${found}`);
}

describe('a kubeconfig', () => {
  it('gives server and credentials of its current context only', () => {
    const other = { name: 'other', user: { exec: { command: 'sh' } } };
    const whole = config({ token: 't' });
    const result = parseKubeconfig({ ...whole, users: [other, ...(whole['users'] as readonly JsonObject[])] }); // built above
    expect(result).toEqual({
      ok: true,
      value: {
        server: 'https://edge.example:6443',
        insecure: false,
        tlsServerName: '',
        proxyUrl: '',
        certificateAuthority: 'Q0E=',
        clientCertificate: '',
        clientKey: '',
        token: 't',
        userName: '',
        password: '',
        impersonate: '',
      },
    });
  });

  it.each<[string, JsonObject, string]>([
    [
      'exec',
      { exec: { command: 'sh' } },
      'kubeconfig user: expected a token, client certificate or password in the file itself, found exec',
    ],
    [
      'auth-provider',
      { 'auth-provider': { name: 'gcp' } },
      'kubeconfig user: expected a token, client certificate or password in the file itself, found auth-provider',
    ],
    [
      'client-key',
      { 'client-key': '/etc/key' },
      'kubeconfig user: expected the content itself in client-key-data, found a file path in client-key',
    ],
    [
      'tokenFile',
      { tokenFile: '/var/token', token: 't' },
      'kubeconfig user: expected the token itself in token, found a file path in tokenFile',
    ],
    [
      'as-groups',
      { token: 't', as: 'me', 'as-groups': ['x'] },
      'kubeconfig user: expected impersonation by user name only, found as-groups',
    ],
  ])('is refused with %s, which would run a program, read a file here or be ignored', (_, user, finding) => {
    expect(findingsOf(config(user))).toEqual([finding]);
  });

  it('may name a file beside the embedded content, which is what counts', () => {
    const user = { 'client-certificate': '/a', 'client-certificate-data': 'YQ==', 'client-key-data': 'Yg==' };
    expect(findingsOf(config(user))).toEqual([]);
  });

  it('names all problems at once', () => {
    const cluster = { server: 'https://edge.example', 'certificate-authority': '/etc/ca' };
    expect(findingsOf(config({ exec: {}, 'client-certificate': '/c' }, cluster))).toHaveLength(3);
  });

  it.each([
    ['', 'kubeconfig server: expected a URL such as https://host:6443, found none'],
    ['edge:6443', 'kubeconfig server: expected a URL such as https://host:6443, found edge:6443'],
    ['http://edge:8080', 'kubeconfig server: expected https (http only with insecure-skip-tls-verify), found http'],
    ['file:///etc/passwd', 'kubeconfig server: expected a URL such as https://host:6443, found file:///etc/passwd'],
    ['https://me:secret@edge', 'kubeconfig server: expected a URL without credentials, found credentials'],
  ])('with the server %j is refused', (server, finding) => {
    expect(findingsOf(config({ token: 't' }, { server }))).toEqual([finding]);
  });

  it('without a context that fits is refused', () => {
    expect(findingsOf({})).toEqual(['kubeconfig: expected current-context to name a context, found none']);
    expect(findingsOf({ ...config(null), 'current-context': 'x' })).toEqual([
      'kubeconfig: expected current-context to name a context, found x, which is no context',
    ]);
    expect(findingsOf({ ...config({ token: 't' }), users: [] })).toEqual([
      'context admin: expected a user, found root',
    ]);
    expect(findingsOf({ ...config(null), clusters: [] })).toEqual(['context admin: expected a cluster, found edge']);
  });
});
