import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseKubeconfig } from '#domain/kubeconfig.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { isRenewalDue } from '#domain/user-certificate.ts';
import { toUserKubeconfig } from '#domain/user-kubeconfig.ts';

const own = (cluster: JsonObject): Json => ({
  'current-context': 'admin',
  contexts: [{ name: 'admin', context: { cluster: 'c', user: 'admin' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://host:6443', ...cluster } }],
  users: [{ name: 'admin', user: { token: 'own-token' } }],
});

const toText = (cluster: JsonObject): string => {
  const made = toUserKubeconfig({
    own: own(cluster),
    cluster: 'ref: 1',
    user: 'user-1',
    namespace: 'shop',
    certificate: { certificate: 'CERT', privateKey: 'KEY' },
    toBase64: (text) => Buffer.from(text).toString('base64'),
  });
  return made.ok ? made.value : '';
};

describe('the kubeconfig of a cloud’s user', () => {
  it('has the server of emco’s own and the user’s certificate, and no credentials of emco', () => {
    const text = toText({ 'certificate-authority-data': 'Q0E=' });
    expect(text).not.toContain('own-token');
    const read = parseKubeconfig(parse(text) as Json);
    expect(read).toMatchObject({
      ok: true,
      value: { server: 'https://host:6443', certificateAuthority: 'Q0E=', clientCertificate: 'Q0VSVA==', token: '' },
    });
    expect(parse(text)).toMatchObject({
      'current-context': 'user-1@ref: 1',
      contexts: [{ context: { cluster: 'ref: 1', user: 'user-1', namespace: 'shop' } }],
    });
  });

  it('leaves out a proxy whose credentials are emco’s', () => {
    expect(toText({ 'proxy-url': 'http://me:secret@proxy' })).not.toContain('secret');
    expect(toText({ 'proxy-url': 'http://proxy:3128' })).toContain('http://proxy:3128');
  });

  it('does not say a certificate authority beside the wish not to look at it, which kubectl refuses', () => {
    const text = toText({ 'certificate-authority-data': 'Q0E=', 'insecure-skip-tls-verify': true });
    expect(text).toContain('insecure-skip-tls-verify: true');
    expect(text).not.toContain('certificate-authority-data');
  });
});

describe('a certificate', () => {
  const of = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-04-01T00:00:00Z' };

  it('is renewed in the last third of its life', () => {
    expect(isRenewalDue(of, Date.parse('2026-02-28T00:00:00Z'))).toBe(false);
    expect(isRenewalDue(of, Date.parse('2026-03-03T00:00:00Z'))).toBe(true);
  });
});
