import { toLastWriter, toOwnedFields } from '#domain/field-ownership.ts';
import { readText } from '#domain/health-fields.ts';
import { findHealthCheck } from '#domain/health-check.ts';
import type { HealthCheck } from '#domain/health-check.ts';
import type { Verdict as HealthVerdict } from '#domain/health-fields.ts';
import { toHookEnd } from '#domain/health-hooks.ts';
import { toResourceHealth } from '#domain/health.ts';
import { hookRunAnnotation } from '#domain/hooks.ts';
import type { JsonObject } from '#domain/json.ts';
import { toIdentityKey } from '#domain/manifest.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { deploymentLabelName } from '#domain/names.ts';
import type { Sha256 } from '#domain/names.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { ResourceHealth } from '#domain/status.ts';
import type { AgentReport } from './agent-report.ts';
import type { WatcherDeps } from './deps.ts';
import { KindWatch } from './kind-watch.ts';
import type { KindWatchOptions, WatchTarget } from './kind-watch.ts';
import type { JudgedBy } from './to-observations.ts';

interface Verdict extends Pick<ResourceHealth, 'status' | 'message'> {
  /** Digest of the fields that are ours, and who wrote last besides us. */
  readonly fields: string;
  readonly writer: string;
  /** Of what a hook made: its run, and how far that is. */
  readonly hook: { readonly run: string; readonly end: HealthVerdict } | null;
  /** The object itself, only of kinds that somebody judges by expressions. */
  readonly object: JsonObject | null;
}

interface Watched {
  readonly watch: KindWatch<Verdict>;
  readonly keepsObjects: boolean;
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
  readonly #deps: Pick<WatcherDeps, 'sha256' | 'judgeBy'>;
  readonly #watches = new Map<string, Watched>();

  constructor(open: Open, deps: Pick<WatcherDeps, 'sha256' | 'judgeBy'>) {
    this.#open = open;
    this.#deps = deps;
  }

  /**
   * Starts watching kinds that are new among the apps' objects and stops those that nobody wants any more. A kind that
   * somebody judges by expressions from now on is looked at anew, since its objects were not kept.
   */
  want(apps: readonly Pick<ExpectedApp, 'resources' | 'healthChecks' | 'hooks'>[]): void {
    const all = apps.flatMap(({ resources, hooks = [] }) => [...resources, ...hooks]);
    const wanted = new Map(all.map((one) => [toKindKey(one), one]));
    const judged = new Set(
      apps.flatMap(({ resources, healthChecks = [] }) =>
        healthChecks.length === 0
          ? []
          : resources.filter((one) => findHealthCheck(healthChecks, one) !== null).map(toKindKey),
      ),
    );
    for (const [key, { watch, keepsObjects }] of this.#watches) {
      if (wanted.has(key) && keepsObjects === judged.has(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
    for (const [key, identity] of wanted) {
      const keepsObjects = judged.has(key);
      if (!this.#watches.has(key)) this.#watches.set(key, { watch: this.#start(identity, keepsObjects), keepsObjects });
    }
  }

  /** Whether all that is known of these kinds was seen after a moment (of performance.now()); if not it is fetched. */
  areFresh(identities: readonly ObjectIdentity[], since: number): boolean {
    const keys = new Set(identities.map(toKindKey));
    const watches = [...keys].map((key) => this.#watches.get(key)?.watch);
    const answers = watches.map((watch) => watch !== undefined && (watch.state === 'refused' || watch.isFresh(since)));
    return answers.every(Boolean);
  }

  healthOf({ group, version, kind, namespace, name }: ObjectIdentity, by: JudgedBy): ResourceHealth {
    const identity: ObjectIdentity = { group, version, kind, namespace, name };
    const watch = this.#watches.get(toKindKey(identity))?.watch;
    switch (watch?.state) {
      case 'listed':
        return toHealth(identity, this.#judge(identity, watch.get(namespace, name), by.checks), by.ownership);
      case 'unserved':
        return { ...identity, status: 'NotFound', message: `The cluster does not serve ${kind} yet` };
      case 'refused':
        return { ...identity, status: 'Unknown', message: `${kind} cannot be watched: ${watch.message}` };
      case 'waiting':
      case undefined:
        return { ...identity, status: 'Unknown', message: 'Not looked at yet' };
    }
  }

  /** Two groups may judge one kind by different expressions; each asks for its own objects. */
  #judge(identity: ObjectIdentity, verdict: Verdict | undefined, checks: readonly HealthCheck[]): Verdict | undefined {
    const check = checks.length === 0 ? null : findHealthCheck(checks, identity);
    if (check === null || verdict === undefined || verdict.object === null) return verdict;
    const { status, message } = toResourceHealth(verdict.object, identity, (object) =>
      this.#deps.judgeBy(check, object),
    );
    return { ...verdict, status, message };
  }

  /** As `healthOf`, but what runs is Current only at its end; `run` says by which run the object was made. */
  hookHealthOf({ group, version, kind, namespace, name }: ObjectIdentity): ResourceHealth {
    const identity: ObjectIdentity = { group, version, kind, namespace, name };
    const health = this.healthOf(identity, { ownership: null, checks: [] });
    const hook = this.#watches.get(toKindKey(identity))?.watch.get(namespace, name)?.hook ?? null;
    if (hook === null || health.status === 'NotFound' || health.status === 'Unknown') return health;
    return { ...health, ...hook.end, run: hook.run };
  }

  #start(identity: ObjectIdentity, keepsObjects: boolean): KindWatch<Verdict> {
    const watch = new KindWatch<Verdict>({
      ...this.#open,
      target: toTarget(identity),
      keep: (object) => ({
        ...toVerdict(object, identity, this.#deps.sha256),
        object: keepsObjects ? object : null,
      }),
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

function toVerdict(object: JsonObject, of: ObjectIdentity, sha256: Sha256): Omit<Verdict, 'object'> {
  const namespace = readText(object, 'metadata', 'namespace');
  const { status, message } = toResourceHealth(object, {
    ...of,
    namespace,
    name: readText(object, 'metadata', 'name'),
  });
  const run = readText(object, 'metadata', 'annotations', hookRunAnnotation);
  const hook = run === '' ? null : { run, end: toHookEnd(object, { ...of, status, message }) };
  return { status, message, fields: toOwnedFields(object, sha256), writer: toLastWriter(object), hook };
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
