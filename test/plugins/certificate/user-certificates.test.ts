import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiAnswer, ApiCall, ApiServer } from '#domain/ports/api-server.ts';
import { makeUserCertificates } from '#plugins/certificate/kubernetes/index.ts';
import { makeCertificateRequest } from '#plugins/certificate/kubernetes/certificate-request.ts';

type Answer = (call: ApiCall) => ApiAnswer;

/** An API server that answers as the test says; `calls` are what it was asked. */
function connectTo(answer: Answer, calls: ApiCall[]): () => Promise<ApiServer> {
  const api: ApiServer = {
    origin: 'https://host',
    call: async (call) => {
      calls.push(call);
      return answer(call);
    },
    stream: () => Promise.reject(new Error('nothing is watched')),
    findKind: async () => null,
    forgetKinds: () => undefined,
    close: () => undefined,
  };
  return async () => api;
}

const ok = (body: JsonObject): ApiAnswer => ({ ok: true, body });
const missing: ApiAnswer = { ok: false, status: 404, reason: 'NotFound', message: 'not found' };
const withStatus =
  (status: JsonObject): Answer =>
  ({ method, body }) => {
    if (method === 'DELETE') return missing;
    return method === 'GET' ? ok({ status }) : ok((body ?? {}) as JsonObject); // what was sent is an object
  };

let privateKey = '';
beforeAll(async () => {
  privateKey = await makeUserCertificates({ connect: connectTo(() => missing, []), waitMs: 0 }).makeKey();
});

async function issue(answer: Answer, calls: ApiCall[] = []): Promise<unknown> {
  const request = { kubeconfig: '', name: 'emco-1-user', user: 'emco:1:user-1', privateKey };
  const certificates = makeUserCertificates({ connect: connectTo(answer, calls), waitMs: 0 });
  return certificates.issue({ ...request, signal: new AbortController().signal }).catch((error: unknown) => error);
}

describe('the certificate of a user', () => {
  it('is requested for client authentication, and approved', async () => {
    const calls: ApiCall[] = [];
    await issue(withStatus({ conditions: [{ type: 'Failed', status: 'True', message: 'no' }] }), calls);
    expect(calls.map(({ method, path }) => `${method} ${path.split('/').slice(4).join('/')}`)).toEqual([
      'DELETE certificatesigningrequests/emco-1-user',
      'POST certificatesigningrequests',
      'PUT certificatesigningrequests/emco-1-user/approval',
      'GET certificatesigningrequests/emco-1-user',
    ]);
    expect(calls[1]?.body).toMatchObject({
      spec: {
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['digital signature', 'key encipherment', 'client auth'],
      },
    });
    expect(calls[2]?.body).toMatchObject({
      status: { conditions: [{ type: 'Approved', status: 'True', reason: 'LogicalCloud' }] },
    });
  });

  it.each<[string, JsonObject, RegExp]>([
    ['nobody signs', {}, /within 0 s, found none, though it is approved/],
    ['the signer fails', { conditions: [{ type: 'Failed', status: 'True', message: 'bad key' }] }, /found bad key/],
    ['something else comes back', { certificate: 'aGVsbG8=' }, /expected a certificate in PEM/],
  ])('is a failure with its reason when %s', async (_what, status, message) => {
    const failure = await issue(withStatus(status));
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'object-refused', message: expect.stringMatching(message) as string });
  });

  it('is requested in PEM, and the request holds no private key', () => {
    const pem = makeCertificateRequest(createPrivateKey(privateKey), 'emco:1:user-1');
    expect(pem).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/,
    );
    const text = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64').toString('latin1');
    expect(text).toContain('emco:1:user-1');
    expect(pem).not.toContain(privateKey.split('\n')[1]);
  });
});
