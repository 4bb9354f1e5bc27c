import { toLastWriter, toOwnedFields } from '#domain/field-ownership.ts';
import { readText } from '#domain/health-fields.ts';
import { toResourceHealth } from '#domain/health.ts';
import type { JsonObject } from '#domain/json.ts';
import { toIdentityKey } from '#domain/manifest.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { deploymentLabelName } from '#domain/names.ts';
import type { Sha256 } from '#domain/names.ts';
import type { ResourceHealth } from '#domain/status.ts';
import type { AgentReport } from './agent-report.ts';
import { KindWatch } from './kind-watch.ts';
import type { KindWatchOptions, WatchTarget } from './kind-watch.ts';

interface Verdict extends Pick<ResourceHealth, 'status' | 'message'> {
  /** Digest of the fields that are ours, and who wrote last besides us. */
  readonly fields: string;
  readonly writer: string;
}
type Open = Pick<KindWatchOptions<Verdict>, 'link' | 'signal' | 'random' | 'onChange'>;

/** Kinds whose health is that they are there: their contents need not come over the wire. */
const passiveKinds = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/Endpoints',
  '/LimitRange',
  '/ResourceQuota',
  'batch/CronJob',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/NetworkPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

const definitions = 'apiextensions.k8s.io/CustomResourceDefinition';

const toKindKey = ({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): string => `${group}/${kind}`;

/** Health of all objects of all groups on one cluster: one watch per kind, and of each object its health only. */
export class LiveObjects {
  readonly #open: Open;
  readonly #sha256: Sha256;
  readonly #watches = new Map<string, KindWatch<Verdict>>();

  constructor(open: Open, sha256: Sha256) {
    this.#open = open;
    this.#sha256 = sha256;
  }

  /** Starts watching kinds that are new among the identities and stops those that nobody wants any more. */
  want(identities: readonly ObjectIdentity[]): void {
    const wanted = new Map(identities.map((identity) => [toKindKey(identity), identity]));
    for (const [key, watch] of this.#watches) {
      if (wanted.has(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
    for (const [key, identity] of wanted) if (!this.#watches.has(key)) this.#watches.set(key, this.#start(identity));
  }

  /** Whether all that is known of these kinds was seen after a moment (of performance.now()); if not it is fetched. */
  areFresh(identities: readonly ObjectIdentity[], since: number): boolean {
    const keys = new Set(identities.map(toKindKey));
    const watches = [...keys].map((key) => this.#watches.get(key));
    const answers = watches.map((watch) => watch !== undefined && (watch.state === 'refused' || watch.isFresh(since)));
    return answers.every(Boolean);
  }

  healthOf(
    { group, version, kind, namespace, name }: ObjectIdentity,
    ownership: AgentReport['ownership'],
  ): ResourceHealth {
    const identity: ObjectIdentity = { group, version, kind, namespace, name };
    const watch = this.#watches.get(toKindKey(identity));
    switch (watch?.state) {
      case 'listed':
        return toHealth(identity, watch.get(namespace, name), ownership);
      case 'unserved':
        return { ...identity, status: 'NotFound', message: `The cluster does not serve ${kind} yet` };
      case 'refused':
        return { ...identity, status: 'Unknown', message: `${kind} cannot be watched: ${watch.message}` };
      case 'waiting':
      case undefined:
        return { ...identity, status: 'Unknown', message: 'Not looked at yet' };
    }
  }

  #start(identity: ObjectIdentity): KindWatch<Verdict> {
    const watch = new KindWatch<Verdict>({
      ...this.#open,
      target: toTarget(identity),
      keep: (object) => toVerdict(object, identity, this.#sha256),
    });
    void watch.run();
    return watch;
  }
}

/** A CRD is the cluster's and does not carry our label; its kind is watched whole. */
function toTarget({ group, version, kind }: ObjectIdentity): WatchTarget {
  const key = `${group}/${kind}`;
  const labelSelector = key === definitions ? '' : deploymentLabelName;
  return { group, version, kind, namespace: '', labelSelector, metadataOnly: passiveKinds.has(key) };
}

function toVerdict(object: JsonObject, of: ObjectIdentity, sha256: Sha256): Verdict {
  const namespace = readText(object, 'metadata', 'namespace');
  const { status, message } = toResourceHealth(object, {
    ...of,
    namespace,
    name: readText(object, 'metadata', 'name'),
  });
  return { status, message, fields: toOwnedFields(object, sha256), writer: toLastWriter(object) };
}

function toHealth(
  identity: ObjectIdentity,
  verdict: Verdict | undefined,
  ownership: AgentReport['ownership'],
): ResourceHealth {
  if (verdict === undefined) return toResourceHealth(null, identity);
  const { status, message, fields, writer } = verdict;
  const noted = ownership?.(toIdentityKey(identity)) ?? '';
  const isOurs = noted === '' || noted === fields;
  return { ...identity, status, message, ...(isOurs ? {} : { changedBy: writer || 'somebody' }) };
}
