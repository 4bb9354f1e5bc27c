/** Rules for kinds without replicas. */
import { current, failed, inProgress, readCondition, readCount, readField, readNumber } from './health-fields.ts';
import { readObjects, readText, terminating } from './health-fields.ts';
import type { Verdict } from './health-fields.ts';
import type { JsonObject } from './json.ts';

export function judgeJob(object: JsonObject): Verdict {
  const done = `${readCount(object, 'succeeded')}/${readNumber(object, 'spec', 'completions') ?? 1}`;
  const failure = readCondition(object, 'Failed');
  if (failure?.status === 'True') return failed(`Job failed: ${failure.message} Succeeded: ${done}`);
  if (readCondition(object, 'Complete')?.status === 'True') return current(`Job completed. Succeeded: ${done}`);
  if (readField(object, 'spec', 'suspend') === true) return current('Job is suspended');
  if (readText(object, 'status', 'startTime') === '') return inProgress('Job not started');
  const active = readCount(object, 'active');
  return inProgress(`Job in progress. Succeeded: ${done}, active: ${active}, failed: ${readCount(object, 'failed')}`);
}

export function judgePod(object: JsonObject): Verdict {
  const phase = readText(object, 'status', 'phase');
  switch (phase) {
    case 'Succeeded':
      return current('Pod has completed');
    case 'Failed':
      return failed(`Pod failed: ${readText(object, 'status', 'message') || readText(object, 'status', 'reason')}`);
    case 'Running':
      return judgeRunningPod(object);
    default:
      return judgeWaitingPod(object);
  }
}

function judgeRunningPod(object: JsonObject): Verdict {
  if (readCondition(object, 'Ready')?.status === 'True') return current('Pod is Ready');
  return judgeContainers(object) ?? inProgress('Pod is running but is not Ready');
}

/** Unschedulable is InProgress: an autoscaler or a node that comes back can still cure it. */
function judgeWaitingPod(object: JsonObject): Verdict {
  const scheduled = readCondition(object, 'PodScheduled');
  if (scheduled?.status === 'False') return inProgress(`Pod could not be scheduled: ${scheduled.message}`);
  return judgeContainers(object) ?? inProgress('Pod is in the Pending phase');
}

/** Reasons for which the kubelet keeps a container waiting and that a new roll-out must cure. */
const brokenReasons = new Set(['CrashLoopBackOff', 'CreateContainerConfigError', 'InvalidImageName']);

function judgeContainers(object: JsonObject): Verdict | null {
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((name) =>
    readObjects(object, 'status', name),
  );
  const broken = containers.filter((container) => brokenReasons.has(readText(container, 'state', 'waiting', 'reason')));
  if (broken.length === 0) return null;
  const names = broken.map(
    (container) => `${readText(container, 'name')} (${readText(container, 'state', 'waiting', 'reason')})`,
  );
  return failed(`Containers not starting: ${names.join(', ')}`);
}

/** An ingress address is not waited for: edge clusters often have nobody who gives one. */
export function judgeService(object: JsonObject): Verdict {
  const isPending = readText(object, 'spec', 'type') === 'LoadBalancer' && readText(object, 'spec', 'clusterIP') === '';
  return isPending ? inProgress('ClusterIP not set. Service type: LoadBalancer') : current('Service is ready');
}

export function judgeClaim(object: JsonObject): Verdict {
  const phase = readText(object, 'status', 'phase');
  if (phase === 'Bound') return current('PVC is Bound');
  return phase === 'Lost'
    ? failed('PVC has lost its volume')
    : inProgress(`PVC is not Bound. Phase: ${phase || 'none'}`);
}

export function judgeDisruptionBudget(object: JsonObject): Verdict {
  return readNumber(object, 'status', 'observedGeneration') === null
    ? inProgress('Allowed disruptions are not computed yet')
    : current('Allowed disruptions are computed');
}

export function judgeDefinition(object: JsonObject): Verdict {
  const names = readCondition(object, 'NamesAccepted');
  if (names?.status === 'False') return failed(`CRD names not accepted: ${names.message}`);
  const established = readCondition(object, 'Established');
  if (established?.status === 'True') return current('CRD is established');
  return established?.status === 'False' && established.reason !== 'Installing'
    ? failed(`CRD is not established: ${established.message}`)
    : inProgress('Install in progress');
}

export function judgeNamespace(object: JsonObject): Verdict {
  const phase = readText(object, 'status', 'phase');
  if (phase === 'Terminating') return terminating('Namespace is terminating');
  return phase === 'Active' ? current('Namespace is active') : inProgress('Namespace is not active yet');
}

export function judgeApiService(object: JsonObject): Verdict {
  const available = readCondition(object, 'Available');
  if (available?.status === 'True') return current('APIService is available');
  return inProgress(`APIService is not available: ${available?.message ?? 'no condition yet'}`);
}
