/** Key and certificates of a level 1 cloud's user, sealed in the store: one key a cloud, one certificate a direct cluster. */
import { toCloudUser } from '#domain/cloud-objects.ts';
import { Failure, orThrow } from '#domain/failure.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import {
  isRenewalDue,
  parseCertificateFact,
  toCertificateFact,
  toUserCertificateFact,
  toUserKeyFact,
  type UserCertificate,
} from '#domain/user-certificate.ts';
import { toUserKubeconfig } from '#domain/user-kubeconfig.ts';
import type { Tenant } from '#domain/inputs.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, saveJson } from './json-blobs.ts';
import { readCloud } from './read-cloud.ts';

type StoreDeps = Pick<ActivityDeps, 'store'>;

/** Made once; of two makers the first one's counts. */
export async function ensureUserKey({ store, certificates }: ActivityDeps, cloud: GroupKey): Promise<void> {
  const fact = toUserKeyFact(cloud);
  if ((await store.facts.get(fact)) !== null) return;
  await store.facts.swap(fact, null, await store.blobs.put(new TextEncoder().encode(await certificates.makeKey())));
}

interface UserOnCluster {
  readonly cloud: GroupKey;
  readonly cluster: ClusterKey;
  /** Emco's own. */
  readonly kubeconfig: string;
  readonly signal: AbortSignal;
}

/** Sees to it that the cloud's user has a certificate of the cluster that is far from its end. */
export async function certifyUser(
  deps: ActivityDeps,
  { cloud, cluster, kubeconfig, signal }: UserOnCluster,
): Promise<void> {
  const fact = toUserCertificateFact(cloud, cluster);
  const present = parseCertificateFact(await deps.store.facts.get(fact));
  if (present !== null && !isRenewalDue(present, deps.now())) return;
  const { store, certificates } = deps;
  const inputs = await readCloud(deps, cloud);
  await ensureUserKey(deps, cloud);
  // Only `ensureUserKey` writes the fact.
  const key = (await store.facts.get(toUserKeyFact(cloud))) as BlobAddress;
  const privateKey = new TextDecoder().decode(await store.blobs.get(key));
  const name = `emco-${inputs.lcid}-user`;
  const user = toCloudUser(inputs);
  const isValid = present !== null && Date.parse(present.notAfter) > deps.now();
  const issued = await certificates
    .issue({ kubeconfig, name, user, privateKey, signal })
    .catch((error: unknown) => Promise.reject(isValid ? toRepeated(error) : error));
  const address = await saveJson(store.blobs, { ...issued, privateKey, user } satisfies UserCertificate);
  await store.facts.set(fact, toCertificateFact({ ...issued, address }));
}

/** While the one before counts there is time to try again. */
const toRepeated = (error: unknown): unknown =>
  error instanceof Failure && error.code === 'object-refused' ? new Failure('timed-out', error.problems) : error;

export const forgetUserCertificate = ({ store }: StoreDeps, cloud: GroupKey, cluster: ClusterKey): Promise<void> =>
  store.facts.set(toUserCertificateFact(cloud, cluster), '');

/** The kubeconfig of the tenant's user for a direct cluster. @throws Failure `timed-out` while there is no certificate */
export async function readTenantKubeconfig(
  deps: ActivityDeps,
  { tenant, cluster, own }: { tenant: Tenant; cluster: ClusterKey; own: string },
): Promise<string> {
  const note = parseCertificateFact(await deps.store.facts.get(toUserCertificateFact(tenant.cloud, cluster)));
  if (note === null || Date.parse(note.notAfter) <= deps.now()) {
    const object = `logical cloud ${tenant.name} on cluster ${cluster}`;
    const found = note === null ? 'none' : `one that ended at ${note.notAfter}`;
    throw new Failure('timed-out', [{ object, expected: 'a certificate of its user', found }]);
  }
  const certificate = await loadJson<UserCertificate>(deps.store.blobs, note.address);
  const [config = null] = orThrow(deps.parseYaml(own, { object: `kubeconfig of cluster ${cluster}` }));
  const toBase64 = (text: string): string => Buffer.from(text).toString('base64');
  const names = { cluster, user: certificate.user, namespace: '' };
  return orThrow(toUserKubeconfig({ ...names, own: config, certificate, toBase64 }));
}
