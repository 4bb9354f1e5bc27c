import { cond, seen, table } from './health-table.ts';

const rolledOut = [cond('Available', 'True'), cond('Progressing', 'True', { reason: 'NewReplicaSetAvailable' })];
const three = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3 };
const deploymentSpec = { replicas: 3, progressDeadlineSeconds: 600 };

table('apps/Deployment', [
  {
    when: 'all replicas are updated, available and ready',
    spec: deploymentSpec,
    status: { ...seen, ...three, conditions: rolledOut },
    gives: 'Current',
    saying: 'Deployment is available. Replicas: 3',
  },
  {
    when: 'its controller has not seen it',
    spec: deploymentSpec,
    gives: 'InProgress',
    saying: 'Deployment has not been observed by its controller',
  },
  {
    when: 'the status is about an earlier generation',
    spec: deploymentSpec,
    status: { ...three, observedGeneration: 1, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Deployment generation is 2, but latest observed generation is 1',
  },
  {
    when: 'pods are missing',
    spec: deploymentSpec,
    status: { ...seen, replicas: 1, updatedReplicas: 1, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Replicas: 1/3',
  },
  {
    when: 'pods run the earlier template',
    spec: deploymentSpec,
    status: { ...seen, ...three, updatedReplicas: 2, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Updated: 2/3',
  },
  {
    when: 'earlier pods are still there',
    spec: deploymentSpec,
    status: { ...seen, ...three, replicas: 4, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Pending termination: 1',
  },
  {
    when: 'pods are not available yet',
    spec: deploymentSpec,
    status: { ...seen, ...three, availableReplicas: 2, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Available: 2/3',
  },
  {
    when: 'pods are not ready',
    spec: deploymentSpec,
    status: { ...seen, ...three, readyReplicas: 1, conditions: rolledOut },
    gives: 'InProgress',
    saying: 'Ready: 1/3',
  },
  {
    when: 'the new replica set is not there yet',
    spec: deploymentSpec,
    status: { ...seen, ...three, conditions: [cond('Available', 'True')] },
    gives: 'InProgress',
    saying: 'ReplicaSet not Available',
  },
  {
    when: 'no deadline is kept and the pods are there',
    spec: { replicas: 3, progressDeadlineSeconds: 2_147_483_647 },
    status: { ...seen, ...three, conditions: [cond('Available', 'True')] },
    gives: 'Current',
    saying: 'Deployment is available. Replicas: 3',
  },
  {
    when: 'it is not available',
    spec: deploymentSpec,
    status: { ...seen, ...three, conditions: [cond('Available', 'False'), rolledOut[1] ?? null] },
    gives: 'InProgress',
    saying: 'Deployment not Available',
  },
  {
    when: 'it ran out of time',
    spec: deploymentSpec,
    status: {
      ...seen,
      conditions: [
        cond('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message: 'ReplicaSet web-1 timed out' }),
      ],
    },
    gives: 'Failed',
    saying: 'Progress deadline exceeded: ReplicaSet web-1 timed out',
  },
  {
    when: 'it is scaled to nothing',
    spec: { replicas: 0, progressDeadlineSeconds: 600 },
    status: { ...seen, conditions: rolledOut },
    gives: 'Current',
    saying: 'Deployment is available. Replicas: 0',
  },
  {
    when: 'it is being deleted',
    spec: deploymentSpec,
    status: { ...seen, ...three, conditions: rolledOut },
    metadata: { deletionTimestamp: '2026-11-01T00:00:00Z', finalizers: ['foregroundDeletion'] },
    gives: 'Terminating',
    saying: 'Resource scheduled for deletion, waits for foregroundDeletion',
  },
]);

table('apps/StatefulSet', [
  {
    when: 'all replicas are ready at one revision',
    spec: { replicas: 2 },
    status: { ...seen, replicas: 2, readyReplicas: 2, currentRevision: 'a', updateRevision: 'a' },
    gives: 'Current',
    saying: 'All replicas scheduled as expected. Replicas: 2',
  },
  {
    when: 'replicas are missing',
    spec: { replicas: 2 },
    status: { ...seen, replicas: 1, readyReplicas: 1 },
    gives: 'InProgress',
    saying: 'Replicas: 1/2',
  },
  {
    when: 'replicas are not ready',
    spec: { replicas: 2 },
    status: { ...seen, replicas: 2 },
    gives: 'InProgress',
    saying: 'Ready: 0/2',
  },
  {
    when: 'it shrinks',
    spec: { replicas: 1 },
    status: { ...seen, replicas: 3, readyReplicas: 3 },
    gives: 'InProgress',
    saying: 'Pending termination: 2',
  },
  {
    when: 'pods of the earlier revision are left',
    spec: { replicas: 2 },
    status: { ...seen, replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    gives: 'InProgress',
    saying: 'Updated: 1/2',
  },
  {
    when: 'the update is not recorded yet',
    spec: { replicas: 2 },
    status: { ...seen, replicas: 2, readyReplicas: 2, updatedReplicas: 2, currentRevision: 'a', updateRevision: 'b' },
    gives: 'InProgress',
    saying: 'Waiting for revision b to be current',
  },
  {
    when: 'the partition is updated',
    spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
    status: { ...seen, replicas: 3, readyReplicas: 3, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    gives: 'Current',
    saying: 'Partition rollout complete. Updated: 1',
  },
  {
    when: 'the partition is not updated yet',
    spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 1 } } },
    status: { ...seen, replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    gives: 'InProgress',
    saying: 'Updated: 1/2',
  },
  {
    when: 'it updates on delete only',
    spec: { replicas: 1, updateStrategy: { type: 'OnDelete' } },
    status: { ...seen, replicas: 1, readyReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    gives: 'Current',
    saying: 'StatefulSet is updated on delete. Replicas: 1',
  },
]);

const onNodes = {
  ...seen,
  desiredNumberScheduled: 2,
  currentNumberScheduled: 2,
  updatedNumberScheduled: 2,
  numberAvailable: 2,
  numberReady: 2,
};

table('apps/DaemonSet', [
  {
    when: 'every node runs it',
    status: onNodes,
    gives: 'Current',
    saying: 'All replicas scheduled as expected. Replicas: 2',
  },
  {
    when: 'no node is meant',
    status: { ...seen, desiredNumberScheduled: 0 },
    gives: 'Current',
    saying: 'All replicas scheduled as expected. Replicas: 0',
  },
  {
    when: 'nothing is counted yet',
    status: seen,
    gives: 'InProgress',
    saying: 'Missing .status.desiredNumberScheduled',
  },
  {
    when: 'a node lacks it',
    status: { ...onNodes, currentNumberScheduled: 1 },
    gives: 'InProgress',
    saying: 'Scheduled: 1/2',
  },
  {
    when: 'a node runs the earlier template',
    status: { ...onNodes, updatedNumberScheduled: 0 },
    gives: 'InProgress',
    saying: 'Updated: 0/2',
  },
  {
    when: 'it updates on delete only',
    spec: { updateStrategy: { type: 'OnDelete' } },
    status: { ...onNodes, updatedNumberScheduled: 0 },
    gives: 'Current',
    saying: 'All replicas scheduled as expected. Replicas: 2',
  },
  {
    when: 'a pod is not available',
    status: { ...onNodes, numberAvailable: 1 },
    gives: 'InProgress',
    saying: 'Available: 1/2',
  },
  { when: 'a pod is not ready', status: { ...onNodes, numberReady: 1 }, gives: 'InProgress', saying: 'Ready: 1/2' },
]);

table('apps/ReplicaSet', [
  {
    when: 'all replicas are there',
    spec: { replicas: 1 },
    status: { ...seen, replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1 },
    gives: 'Current',
    saying: 'ReplicaSet is available. Replicas: 1',
  },
  {
    when: 'pods cannot be made',
    status: { ...seen, conditions: [cond('ReplicaFailure', 'True', { message: 'exceeded quota' })] },
    gives: 'InProgress',
    saying: 'Replica failure: exceeded quota',
  },
  { when: 'nothing runs', spec: { replicas: 2 }, status: seen, gives: 'InProgress', saying: 'Labelled: 0/2' },
]);
