/** The objects of a level 1 logical cloud on one cluster: namespace, quotas, and what its user may do. */
import { toSlug, type Sha256 } from './names.ts';
import type { KubernetesObject } from './manifest.ts';

export interface CloudPermission {
  readonly name: string;
  /** Empty: the whole cluster. */
  readonly namespace: string;
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface CloudQuota {
  readonly name: string;
  /** `spec.hard` in EMCO's spelling of the keys. */
  readonly hard: Readonly<Record<string, string>>;
}

/** Everything that the documents say about a cloud, read at one moment. */
export interface CloudInputs {
  readonly name: string;
  /** The cloud's first instance id: 19 digits, the same for its life. */
  readonly lcid: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly userName: string;
  /** In creation order. */
  readonly permissions: readonly CloudPermission[];
  readonly quotas: readonly CloudQuota[];
}

/** By whom the groups of the cloud are applied on a cluster. */
export type CloudPrincipal =
  | { readonly by: 'certificate' }
  | { readonly by: 'serviceAccount'; readonly namespace: string; readonly name: string };

/**
 * The user of the cloud's certificates. Two clouds may give their users one name and must not share their rights, and no
 * name may be that of a user of Kubernetes itself, so the cloud's id goes before it.
 */
export const toCloudUser = ({ lcid, userName }: Pick<CloudInputs, 'lcid' | 'userName'>): string =>
  `emco:${lcid}:${userName}`;

export function toCloudObjects(
  cloud: CloudInputs,
  principal: CloudPrincipal,
  sha256: Sha256,
): readonly KubernetesObject[] {
  const { namespace, labels } = cloud;
  const metadata = { name: namespace, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata },
    ...toServiceAccount(principal),
    ...cloud.quotas.map((quota) => toResourceQuota(quota, namespace, sha256)),
    ...cloud.permissions.flatMap((permission) => toRoleAndBinding({ cloud, permission, principal, sha256 })),
  ];
}

function toServiceAccount(principal: CloudPrincipal): readonly KubernetesObject[] {
  if (principal.by === 'certificate') return [];
  const { namespace, name } = principal;
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }];
}

/** EMCO's list has a key that Kubernetes refuses. */
const quotaKeys: Readonly<Record<string, string>> = { 'limits.ephemeral.storage': 'limits.ephemeral-storage' };

function toResourceQuota({ name, hard }: CloudQuota, namespace: string, sha256: Sha256): KubernetesObject {
  const entries = Object.entries(hard).map(([key, value]) => [quotaKeys[key] ?? key, value] as const);
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: toSlug(name, 63, sha256), namespace },
    spec: { hard: Object.fromEntries(entries) },
  };
}

interface RoleParts {
  readonly cloud: CloudInputs;
  readonly permission: CloudPermission;
  readonly principal: CloudPrincipal;
  readonly sha256: Sha256;
}

const rbac = 'rbac.authorization.k8s.io';

/** Named after the cloud's id: clouds meet in other namespaces and in what is the cluster's. */
function toRoleAndBinding({ cloud, permission, principal, sha256 }: RoleParts): readonly KubernetesObject[] {
  const { namespace, apiGroups, resources, verbs } = permission;
  const name = `emco-${cloud.lcid}-${toSlug(permission.name, 63 - cloud.lcid.length - 6, sha256)}`;
  const metadata = namespace === '' ? { name } : { name, namespace };
  const scope = namespace === '' ? 'Cluster' : '';
  return [
    { apiVersion: `${rbac}/v1`, kind: `${scope}Role`, metadata, rules: [{ apiGroups, resources, verbs }] },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${scope}RoleBinding`,
      metadata,
      roleRef: { apiGroup: rbac, kind: `${scope}Role`, name },
      subjects: toSubjects(cloud, principal),
    },
  ];
}

/** The user as the document names it, for people whom the cluster knows by that name, and the one that applies. */
function toSubjects(cloud: CloudInputs, principal: CloudPrincipal) {
  const toUser = (name: string) => ({ kind: 'User', apiGroup: rbac, name });
  const agent =
    principal.by === 'certificate'
      ? toUser(toCloudUser(cloud))
      : { kind: 'ServiceAccount', namespace: principal.namespace, name: principal.name };
  return [toUser(cloud.userName), agent];
}

/** Where an app may put objects at all, by the cloud's permissions; what it may do there is for the cluster to say. */
export const isWithinCloud = (namespace: string, permitted: readonly string[]): boolean =>
  permitted.includes('') || (namespace !== '' && permitted.includes(namespace));
