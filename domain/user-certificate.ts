/** The client certificate by which a level 1 cloud's user is known to one cluster. */
import { groupFactPrefix } from './group-facts.ts';
import type { ClusterKey, GroupKey } from './group.ts';
import type { BlobAddress } from './ports/blobs.ts';

export interface UserCertificate {
  /** PEM, the user's own first. */
  readonly certificate: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** Common name of the certificate. */
  readonly user: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
}

export const toUserKeyFact = (cloud: GroupKey): string => `${groupFactPrefix(cloud)} user key`;

export const toUserCertificateFact = (cloud: GroupKey, cluster: ClusterKey): string =>
  `${groupFactPrefix(cloud)} user certificate ${cluster}`;

/** What the fact of a certificate says: where it is, and from when to when it counts. Empty after the cluster left the cloud. */
export interface CertificateNote extends Pick<UserCertificate, 'notBefore' | 'notAfter'> {
  readonly address: BlobAddress;
}

export const toCertificateFact = ({ address, notBefore, notAfter }: CertificateNote): string =>
  `${address} ${notBefore} ${notAfter}`;

export function parseCertificateFact(fact: string | null | undefined): CertificateNote | null {
  const [address = '', notBefore = '', notAfter = ''] = (fact ?? '').split(' ');
  // Only `toCertificateFact` writes one.
  return address === '' ? null : { address: address as BlobAddress, notBefore, notAfter };
}

/** In the last third of its life. */
export function isRenewalDue({ notBefore, notAfter }: Pick<UserCertificate, 'notBefore' | 'notAfter'>, nowMs: number) {
  const end = Date.parse(notAfter);
  return nowMs >= end - (end - Date.parse(notBefore)) / 3;
}
