/** PKCS#10 (RFC 2986) for an RSA key and a subject of a common name alone, which is all that a cluster's signer reads. */
import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const sequenceTag = 0x30;
const setTag = 0x31;
const commonNameOid = Buffer.from('0603550403', 'hex');
/** sha256WithRSAEncryption and its NULL parameter. */
const signatureAlgorithm = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const version = Buffer.from('020100', 'hex');
const noAttributes = Buffer.from('a000', 'hex');

/** PEM of a request for the key, signed by it. */
export function makeCertificateRequest(privateKey: KeyObject, commonName: string): string {
  const name = der(0x0c, Buffer.from(commonName, 'utf8'));
  const subject = der(sequenceTag, der(setTag, der(sequenceTag, commonNameOid, name)));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const content = der(sequenceTag, version, subject, publicKey, noAttributes);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  return toPem(der(sequenceTag, content, signatureAlgorithm, signature));
}

/** One value of DER: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...toLength(content.length)]), content]);
}

function toLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}
