/** Health of one live object by the rules of kstatus (sigs.k8s.io/cli-utils), as users of Flux and kubectl know them. */
import { current, failed, inProgress, readCondition, readNumber, readText, terminating } from './health-fields.ts';
import type { Verdict } from './health-fields.ts';
import { judgeApiService, judgeClaim, judgeDefinition, judgeDisruptionBudget } from './health-kinds.ts';
import { judgeJob, judgeNamespace, judgePod, judgeService } from './health-kinds.ts';
import { judgeDaemonSet, judgeDeployment, judgeReplicaSet, judgeStatefulSet } from './health-workloads.ts';
import type { JsonObject } from './json.ts';
import type { ObjectIdentity } from './manifest.ts';
import type { ResourceHealth } from './status.ts';

type Rule = (object: JsonObject) => Verdict;

interface KindRule {
  readonly judge: Rule;
  /** The kind's controller always reports the generation that it has seen. */
  readonly observes: boolean;
}

const plain = (judge: Rule): KindRule => ({ judge, observes: false });
const observing = (judge: Rule): KindRule => ({ judge, observes: true });

/** By `group/Kind`. Every other kind goes by its Ready condition. */
const rules: Readonly<Record<string, KindRule>> = {
  'apps/Deployment': observing(judgeDeployment),
  'apps/ReplicaSet': observing(judgeReplicaSet),
  'apps/StatefulSet': observing(judgeStatefulSet),
  'apps/DaemonSet': observing(judgeDaemonSet),
  'batch/Job': plain(judgeJob),
  'batch/CronJob': plain(() => current('CronJob is scheduled')),
  '/Pod': plain(judgePod),
  '/Service': plain(judgeService),
  '/PersistentVolumeClaim': plain(judgeClaim),
  '/Namespace': plain(judgeNamespace),
  'networking.k8s.io/Ingress': plain(() => current('Ingress is accepted')),
  'policy/PodDisruptionBudget': observing(judgeDisruptionBudget),
  'apiextensions.k8s.io/CustomResourceDefinition': plain(judgeDefinition),
  'apiregistration.k8s.io/APIService': plain(judgeApiService),
};

/**
 * The health of an object as the API server shows it; null when it has none of that identity.
 * @param custom a rule of the user's own for the kind
 */
export function toResourceHealth(object: JsonObject | null, identity: ObjectIdentity, custom?: Rule): ResourceHealth {
  const { group, version, kind, namespace, name } = identity;
  const found: Verdict =
    object === null ? { status: 'NotFound', message: 'Resource not found' } : judge(object, identity, custom);
  return { group, version, kind, namespace, name, ...found };
}

/** A rule of the user's own takes the place of kstatus' conditions; deletion and stale generations go before it. */
function judge(object: JsonObject, { group, kind }: ObjectIdentity, custom?: Rule): Verdict {
  if (readText(object, 'metadata', 'deletionTimestamp') !== '') return judgeDeletion(object);
  if (custom !== undefined) return findStaleness(object, { kind, observes: false }) ?? custom(object);
  const rule = rules[`${group}/${kind}`];
  return (
    findStaleness(object, { kind, observes: rule?.observes ?? false }) ??
    findAbnormality(object) ??
    rule?.judge(object) ??
    judgeReadyCondition(object)
  );
}

function judgeDeletion(object: JsonObject): Verdict {
  const finalizers = (object['metadata'] as JsonObject)['finalizers']; // an object, since deletionTimestamp was read from it
  const waits = Array.isArray(finalizers) && finalizers.length > 0 ? `, waits for ${finalizers.join(', ')}` : '';
  return terminating(`Resource scheduled for deletion${waits}`);
}

/** A status that speaks about an earlier generation says nothing about this one. */
function findStaleness(object: JsonObject, rule: { kind: string; observes: boolean }): Verdict | null {
  const generation = readNumber(object, 'metadata', 'generation');
  const observed = readNumber(object, 'status', 'observedGeneration');
  if (observed === null)
    return rule.observes ? inProgress(`${rule.kind} has not been observed by its controller`) : null;
  if (generation === null || observed === generation) return null;
  return inProgress(`${rule.kind} generation is ${generation}, but latest observed generation is ${observed}`);
}

/** kstatus' own conditions, which are there only while something is not normal. */
function findAbnormality(object: JsonObject): Verdict | null {
  const stalled = readCondition(object, 'Stalled');
  if (stalled?.status === 'True') return failed(stalled.message || 'Stalled');
  const reconciling = readCondition(object, 'Reconciling');
  if (reconciling?.status === 'True') return inProgress(reconciling.message || 'Reconciling');
  return null;
}

function judgeReadyCondition(object: JsonObject): Verdict {
  const ready = readCondition(object, 'Ready');
  if (ready === null) return current('Resource is current');
  if (ready.status === 'True') return current('Resource is Ready');
  return inProgress(ready.message || `Ready is ${ready.status}`);
}
