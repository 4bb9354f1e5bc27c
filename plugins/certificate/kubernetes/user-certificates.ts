import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Failure } from '#domain/failure.ts';
import { readCondition, readText } from '#domain/health-fields.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiAnswer, ApiCall, ApiServer, ConnectApiServer } from '#domain/ports/api-server.ts';
import type { CertificateRequest, UserCertificates } from '#domain/ports/plugins.ts';
import { makeCertificateRequest } from './certificate-request.ts';

export interface UserCertificatesDeps {
  readonly connect: ConnectApiServer;
  /** Longest wait for the signer. */
  readonly waitMs: number;
}

const collection = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const signerName = 'kubernetes.io/kube-apiserver-client';
const askAgainMs = 250;
const rsa = { modulusLength: 4096, publicKeyEncoding: { type: 'spki', format: 'pem' } } as const;
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;

export const makeUserCertificates = (deps: UserCertificatesDeps): UserCertificates => ({
  makeKey: async () => {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { ...rsa, privateKeyEncoding: pkcs8 });
    return privateKey;
  },
  issue: async (request) => {
    const api = await deps.connect(request.kubeconfig);
    try {
      return await issue(api, request, deps.waitMs);
    } finally {
      api.close();
    }
  },
});

async function issue(
  api: ApiServer,
  request: CertificateRequest,
  waitMs: number,
): ReturnType<UserCertificates['issue']> {
  const call = (what: Omit<ApiCall, 'signal'>): Promise<ApiAnswer> => api.call({ ...what, signal: request.signal });
  const path = `${collection}/${request.name}`;
  const old = await call({ method: 'DELETE', path });
  if (!old.ok && old.status !== 404) throw refuse(request, 'the one before to be deleted', old.message);
  const made = await call({ method: 'POST', path: collection, body: toSigningRequest(request) });
  if (!made.ok) throw refuse(request, 'the API server to take it', made.message);
  const approved = await call({ method: 'PUT', path: `${path}/approval`, body: approve(made.body) });
  if (!approved.ok) throw refuse(request, 'to be approved', approved.message);
  const pem = await awaitCertificate(request, waitMs, () => call({ method: 'GET', path }));
  return checkCertificate(request, pem);
}

function toSigningRequest({ name, user, privateKey }: CertificateRequest): JsonObject {
  const pem = makeCertificateRequest(createPrivateKey(privateKey), user);
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName,
      usages: ['digital signature', 'key encipherment', 'client auth'],
    },
  };
}

/** EMCO's words. */
const approval = {
  type: 'Approved',
  status: 'True',
  reason: 'LogicalCloud',
  message: 'Approved for Logical Cloud authentication',
};

const approve = (made: JsonObject): JsonObject => ({ ...made, status: { conditions: [approval] } });

async function awaitCertificate(
  request: CertificateRequest,
  waitMs: number,
  look: () => Promise<ApiAnswer>,
): Promise<string> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const answer = await look();
    if (!answer.ok) throw refuse(request, 'to be there until it is signed', answer.message);
    const certificate = readText(answer.body, 'status', 'certificate');
    if (certificate !== '') return Buffer.from(certificate, 'base64').toString('utf8');
    const end = ['Denied', 'Failed']
      .map((type) => readCondition(answer.body, type))
      .find((one) => one?.status === 'True');
    if (end !== undefined && end !== null) throw refuse(request, 'a certificate', end.message || end.reason);
    if (performance.now() > deadline) throw unsigned(request, waitMs);
    await delay(askAgainMs, undefined, { signal: request.signal });
  }
}

const unsigned = (request: CertificateRequest, waitMs: number): Failure =>
  refuse(
    request,
    `a certificate by ${signerName} within ${waitMs / 1000} s`,
    'none, though it is approved (does kube-controller-manager have a signing key, --cluster-signing-key-file?)',
  );

/** A signer may change what it signs, so what comes back is looked at. */
function checkCertificate(request: CertificateRequest, pem: string): Awaited<ReturnType<UserCertificates['issue']>> {
  const certificate = parse(pem);
  if (certificate === null) throw refuse(request, 'a certificate in PEM', 'something else');
  const isOurs = certificate.checkPrivateKey(createPrivateKey(request.privateKey));
  if (!isOurs || !certificate.subject.split('\n').includes(`CN=${request.user}`)) {
    throw refuse(request, `a certificate of our key for ${request.user}`, 'one of another key or user');
  }
  const { validFromDate, validToDate } = certificate;
  return { certificate: pem, notBefore: validFromDate.toISOString(), notAfter: validToDate.toISOString() };
}

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

const refuse = ({ name }: CertificateRequest, expected: string, found: string): Failure =>
  new Failure('object-refused', [{ object: `CertificateSigningRequest ${name}`, expected, found }]);
