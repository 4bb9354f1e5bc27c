import type { JsonObject } from '#domain/json.ts';
import { cond, seen, table } from './health-table.ts';

table('batch/Job', [
  { when: 'it was not started', gives: 'InProgress', saying: 'Job not started' },
  {
    when: 'it runs',
    status: { startTime: 'now', active: 1 },
    gives: 'InProgress',
    saying: 'Job in progress. Succeeded: 0/1, active: 1, failed: 0',
  },
  {
    when: 'it completed',
    spec: { completions: 2 },
    status: { startTime: 'now', succeeded: 2, conditions: [cond('Complete', 'True')] },
    gives: 'Current',
    saying: 'Job completed. Succeeded: 2/2',
  },
  {
    when: 'it failed',
    status: {
      startTime: 'now',
      failed: 7,
      conditions: [cond('Failed', 'True', { message: 'Job has reached the backoff limit.' })],
    },
    gives: 'Failed',
    saying: 'Job failed: Job has reached the backoff limit. Succeeded: 0/1',
  },
  { when: 'it is suspended', spec: { suspend: true }, gives: 'Current', saying: 'Job is suspended' },
]);

table('batch/CronJob', [{ when: 'it is there', status: {}, gives: 'Current', saying: 'CronJob is scheduled' }]);

const waitingFor = (reason: string): JsonObject => ({ name: 'app', state: { waiting: { reason } } });

table('/Pod', [
  {
    when: 'it is ready',
    status: { phase: 'Running', conditions: [cond('Ready', 'True')] },
    gives: 'Current',
    saying: 'Pod is Ready',
  },
  {
    when: 'it runs but is not ready',
    status: { phase: 'Running' },
    gives: 'InProgress',
    saying: 'Pod is running but is not Ready',
  },
  { when: 'it ended well', status: { phase: 'Succeeded' }, gives: 'Current', saying: 'Pod has completed' },
  {
    when: 'it ended badly',
    status: { phase: 'Failed', reason: 'Evicted' },
    gives: 'Failed',
    saying: 'Pod failed: Evicted',
  },
  {
    when: 'a container crashes again and again',
    status: { phase: 'Running', containerStatuses: [waitingFor('CrashLoopBackOff')] },
    gives: 'Failed',
    saying: 'Containers not starting: app (CrashLoopBackOff)',
  },
  {
    when: 'an init container cannot be made',
    status: { phase: 'Pending', initContainerStatuses: [waitingFor('CreateContainerConfigError')] },
    gives: 'Failed',
    saying: 'Containers not starting: app (CreateContainerConfigError)',
  },
  {
    when: 'no node takes it yet',
    status: { phase: 'Pending', conditions: [cond('PodScheduled', 'False', { message: '0/1 nodes are available' })] },
    gives: 'InProgress',
    saying: 'Pod could not be scheduled: 0/1 nodes are available',
  },
  { when: 'nothing is known yet', gives: 'InProgress', saying: 'Pod is in the Pending phase' },
]);

table('/Service', [
  {
    when: 'it has an address',
    spec: { type: 'ClusterIP', clusterIP: '10.0.0.1' },
    gives: 'Current',
    saying: 'Service is ready',
  },
  { when: 'it is headless', spec: { clusterIP: 'None' }, gives: 'Current', saying: 'Service is ready' },
  {
    when: 'a load balancer has no cluster address',
    spec: { type: 'LoadBalancer' },
    gives: 'InProgress',
    saying: 'ClusterIP not set. Service type: LoadBalancer',
  },
]);

table('/PersistentVolumeClaim', [
  { when: 'it is bound', status: { phase: 'Bound' }, gives: 'Current', saying: 'PVC is Bound' },
  {
    when: 'it is pending',
    status: { phase: 'Pending' },
    gives: 'InProgress',
    saying: 'PVC is not Bound. Phase: Pending',
  },
  { when: 'it has no status', gives: 'InProgress', saying: 'PVC is not Bound. Phase: none' },
  { when: 'its volume is lost', status: { phase: 'Lost' }, gives: 'Failed', saying: 'PVC has lost its volume' },
]);

table('policy/PodDisruptionBudget', [
  { when: 'it was computed', status: seen, gives: 'Current', saying: 'Allowed disruptions are computed' },
  {
    when: 'it was not computed',
    gives: 'InProgress',
    saying: 'PodDisruptionBudget has not been observed by its controller',
  },
]);

table('apiextensions.k8s.io/CustomResourceDefinition', [
  {
    when: 'it is established',
    status: { conditions: [cond('Established', 'True')] },
    gives: 'Current',
    saying: 'CRD is established',
  },
  { when: 'it is new', gives: 'InProgress', saying: 'Install in progress' },
  {
    when: 'it is being installed',
    status: { conditions: [cond('Established', 'False', { reason: 'Installing' })] },
    gives: 'InProgress',
    saying: 'Install in progress',
  },
  {
    when: 'its names collide',
    status: { conditions: [cond('NamesAccepted', 'False', { message: 'kind is taken' })] },
    gives: 'Failed',
    saying: 'CRD names not accepted: kind is taken',
  },
  {
    when: 'it cannot be established',
    status: {
      conditions: [cond('Established', 'False', { reason: 'NotAccepted', message: 'not all names are accepted' })],
    },
    gives: 'Failed',
    saying: 'CRD is not established: not all names are accepted',
  },
]);

table('/Namespace', [
  { when: 'it is active', status: { phase: 'Active' }, gives: 'Current', saying: 'Namespace is active' },
  { when: 'it is going', status: { phase: 'Terminating' }, gives: 'Terminating', saying: 'Namespace is terminating' },
  { when: 'it is new', gives: 'InProgress', saying: 'Namespace is not active yet' },
]);

table('networking.k8s.io/Ingress', [
  { when: 'it has no address', status: { loadBalancer: {} }, gives: 'Current', saying: 'Ingress is accepted' },
]);

table('apiregistration.k8s.io/APIService', [
  {
    when: 'it is available',
    status: { conditions: [cond('Available', 'True')] },
    gives: 'Current',
    saying: 'APIService is available',
  },
  {
    when: 'its service is missing',
    status: { conditions: [cond('Available', 'False', { message: 'service not found' })] },
    gives: 'InProgress',
    saying: 'APIService is not available: service not found',
  },
  { when: 'it is new', gives: 'InProgress', saying: 'APIService is not available: no condition yet' },
]);
