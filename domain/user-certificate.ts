/** The client certificate by which a level 1 cloud's user is known to one cluster. */
import { groupFactPrefix } from './group-facts.ts';
import type { ClusterKey, GroupKey } from './group.ts';

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

/** In the last third of its life. */
export function isRenewalDue({ notBefore, notAfter }: Pick<UserCertificate, 'notBefore' | 'notAfter'>, nowMs: number) {
  const end = Date.parse(notAfter);
  return nowMs >= end - (end - Date.parse(notBefore)) / 3;
}
