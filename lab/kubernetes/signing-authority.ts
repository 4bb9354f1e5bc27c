/** A certificate authority of a lab cluster: it signs what users of the cluster request, and the API server believes it. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SigningAuthority {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export async function writeSigningAuthority(folder: string): Promise<SigningAuthority> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const certificateFile = join(folder, 'signing-authority.crt');
  const keyFile = join(folder, 'signing-authority.key');
  const content = toContent(publicKey.export({ type: 'spki', format: 'der' }));
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  await writeFile(certificateFile, toPem(der(0x30, content, ecdsaWithSha256, signature)));
  await writeFile(keyFile, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return { certificateFile, keyFile };
}

const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
/** Critical basic constraints (an authority) and key usage (signs certificates), as RFC 5280 spells them. */
const extensions = Buffer.from('300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204', 'hex');
const commonName = Buffer.from('0603550403', 'hex');

/** What is signed (RFC 5280, TBSCertificate, version 3): valid for ten years. */
function toContent(publicKey: Buffer): Buffer {
  const name = der(0x30, der(0x31, der(0x30, commonName, der(0x0c, Buffer.from('lab users')))));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const year = new Date().getUTCFullYear();
  const toTime = (of: number): Buffer => der(0x18, Buffer.from(`${of}0101000000Z`));
  const validity = der(0x30, toTime(year - 1), toTime(year + 9));
  const version = Buffer.from('a003020102', 'hex');
  const more = der(0xa3, der(0x30, extensions));
  return der(0x30, version, serial, ecdsaWithSha256, name, validity, name, publicKey, more);
}

/** One value of DER: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
