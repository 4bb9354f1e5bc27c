/** The order in which Helm installs kinds, so that what is needed comes before what needs it. */

const installOrder: readonly string[] = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'PriorityClass',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];

/** Webhooks come when what answers them is there. */
const last: readonly string[] = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Rank of a kind: lower is installed earlier; unknown kinds come after all known ones but webhooks. */
export function toInstallRank(kind: string): number {
  const known = installOrder.indexOf(kind);
  if (known >= 0) return known;
  const end = last.indexOf(kind);
  return end < 0 ? installOrder.length : installOrder.length + 1 + end;
}
