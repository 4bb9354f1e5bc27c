/** Rules for kinds that run replicas of pods: each step of a roll-out that is not done yet is named with its counts. */
import { current, failed, inProgress, readCondition, readCount, readNumber, readText } from './health-fields.ts';
import type { Verdict } from './health-fields.ts';
import type { JsonObject } from './json.ts';

/** Value of `progressDeadlineSeconds` with which no Progressing condition is kept. */
const noDeadline = 2_147_483_647;

const wanted = (object: JsonObject): number => readNumber(object, 'spec', 'replicas') ?? 1;

/** The first pair whose count is below what is wanted, as `Ready: 1/3`. */
function findShortage(pairs: readonly (readonly [label: string, count: number, wanted: number])[]): Verdict | null {
  const short = pairs.find(([, count, wanted]) => count < wanted);
  return short === undefined ? null : inProgress(`${short[0]}: ${short[1]}/${short[2]}`);
}

function findSurplus(object: JsonObject): Verdict | null {
  const surplus = readCount(object, 'replicas') - wanted(object);
  return surplus > 0 ? inProgress(`Pending termination: ${surplus}`) : null;
}

export function judgeDeployment(object: JsonObject): Verdict {
  const replicas = wanted(object);
  const progressing = readCondition(object, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return failed(`Progress deadline exceeded: ${progressing.message}`);
  }
  const updated = readCount(object, 'updatedReplicas');
  const available = readCount(object, 'availableReplicas');
  const unfinished =
    findShortage([
      ['Replicas', readCount(object, 'replicas'), replicas],
      ['Updated', updated, replicas],
    ]) ??
    findSurplus(object) ??
    findShortage([
      ['Available', available, updated],
      ['Ready', readCount(object, 'readyReplicas'), replicas],
    ]);
  if (unfinished !== null) return unfinished;
  const deadline = readNumber(object, 'spec', 'progressDeadlineSeconds');
  const isTracked = deadline !== null && deadline !== noDeadline;
  if (isTracked && progressing?.reason !== 'NewReplicaSetAvailable') return inProgress('ReplicaSet not Available');
  const isAvailable = readCondition(object, 'Available')?.status === 'True';
  if (!isAvailable) return inProgress('Deployment not Available');
  return current(`Deployment is available. Replicas: ${replicas}`);
}

export function judgeReplicaSet(object: JsonObject): Verdict {
  const failure = readCondition(object, 'ReplicaFailure');
  if (failure?.status === 'True') return inProgress(`Replica failure: ${failure.message}`);
  const replicas = wanted(object);
  const unfinished =
    findShortage([
      ['Labelled', readCount(object, 'fullyLabeledReplicas'), replicas],
      ['Available', readCount(object, 'availableReplicas'), replicas],
      ['Ready', readCount(object, 'readyReplicas'), replicas],
    ]) ?? findSurplus(object);
  return unfinished ?? current(`ReplicaSet is available. Replicas: ${replicas}`);
}

export function judgeStatefulSet(object: JsonObject): Verdict {
  const replicas = wanted(object);
  const unfinished =
    findShortage([
      ['Replicas', readCount(object, 'replicas'), replicas],
      ['Ready', readCount(object, 'readyReplicas'), replicas],
    ]) ?? findSurplus(object);
  if (unfinished !== null) return unfinished;
  if (readText(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return current(`StatefulSet is updated on delete. Replicas: ${replicas}`);
  }
  return judgeRollout(object, replicas);
}

function judgeRollout(object: JsonObject, replicas: number): Verdict {
  const partition = readNumber(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const updated = readCount(object, 'updatedReplicas');
  if (partition > 0) {
    const due = Math.max(replicas - partition, 0);
    return findShortage([['Updated', updated, due]]) ?? current(`Partition rollout complete. Updated: ${updated}`);
  }
  const from = readText(object, 'status', 'currentRevision');
  const to = readText(object, 'status', 'updateRevision');
  if (from !== to) {
    return findShortage([['Updated', updated, replicas]]) ?? inProgress(`Waiting for revision ${to} to be current`);
  }
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

export function judgeDaemonSet(object: JsonObject): Verdict {
  const desired = readNumber(object, 'status', 'desiredNumberScheduled');
  if (desired === null) return inProgress('Missing .status.desiredNumberScheduled');
  const unfinished = findShortage([
    ['Scheduled', readCount(object, 'currentNumberScheduled'), desired],
    ['Updated', readCount(object, 'updatedNumberScheduled'), updatesItself(object) ? desired : 0],
    ['Available', readCount(object, 'numberAvailable'), desired],
    ['Ready', readCount(object, 'numberReady'), desired],
  ]);
  return unfinished ?? current(`All replicas scheduled as expected. Replicas: ${desired}`);
}

const updatesItself = (object: JsonObject): boolean =>
  readText(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete';
