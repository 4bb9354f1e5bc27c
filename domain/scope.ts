/** Which kinds live in a namespace: Kubernetes 1.34 as data, CRDs of the plan, and kinds that many clusters have. */
import { isJsonObject } from './json.ts';
import { type KubernetesObject, toApiGroup } from './manifest.ts';

export type Scope = 'Cluster' | 'Namespaced';

/** Scope by `group/Kind`, as the CRDs of a plan declare it. */
export type CrdScopes = ReadonlyMap<string, Scope>;

/** Cluster-scoped kinds of Kubernetes 1.34 by group, read and review kinds included. */
const clusterScoped: Readonly<Record<string, readonly string[]>> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};

/** Groups of Kubernetes 1.34 that hold namespaced kinds only; with the keys above, all built-in groups. */
const namespacedGroups: ReadonlySet<string> = new Set([
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'policy',
]);

/** Cluster-scoped kinds of widespread add-ons, whose CRDs are on the cluster rather than in the plan. */
const addOns: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io': ['ClusterWorkflowTemplate'],
  'cert-manager.io': ['ClusterIssuer'],
  'cilium.io': ['CiliumClusterwideNetworkPolicy', 'CiliumLoadBalancerIPPool'],
  'crd.projectcalico.org': ['GlobalNetworkPolicy', 'GlobalNetworkSet', 'IPPool'],
  'external-secrets.io': ['ClusterExternalSecret', 'ClusterSecretStore'],
  'gateway.networking.k8s.io': ['GatewayClass'],
  'karpenter.sh': ['NodeClaim', 'NodePool'],
  'keda.sh': ['ClusterTriggerAuthentication'],
  'kyverno.io': ['ClusterCleanupPolicy', 'ClusterPolicy'],
  'policy.networking.k8s.io': ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'],
  'security.openshift.io': ['SecurityContextConstraints'],
  'snapshot.storage.k8s.io': ['VolumeSnapshotClass', 'VolumeSnapshotContent'],
};

const crdGroup = 'apiextensions.k8s.io';

export const isCrd = (object: KubernetesObject): boolean =>
  object.kind === 'CustomResourceDefinition' && toApiGroup(object.apiVersion) === crdGroup;

/** What the CRDs say of their kinds; one that says nothing useful is left to the API server. */
export function toCrdScopes(crds: readonly KubernetesObject[]): CrdScopes {
  const scopes = new Map<string, Scope>();
  for (const { spec } of crds) {
    if (!isJsonObject(spec) || !isJsonObject(spec['names'])) continue;
    const { group, scope } = spec;
    const kind = spec['names']['kind'];
    if (typeof group !== 'string' || typeof kind !== 'string') continue;
    if (scope === 'Cluster' || scope === 'Namespaced') scopes.set(`${group}/${kind}`, scope);
  }
  return scopes;
}

/** Null for a kind that neither Kubernetes nor the plan nor a widespread add-on declares. */
export function findScope(object: KubernetesObject, crdScopes: CrdScopes): Scope | null {
  const group = toApiGroup(object.apiVersion);
  const builtIn = Object.hasOwn(clusterScoped, group) ? clusterScoped[group] : undefined;
  if (builtIn?.includes(object.kind) === true) return 'Cluster';
  if (builtIn !== undefined || namespacedGroups.has(group)) return 'Namespaced';
  const declared = crdScopes.get(`${group}/${object.kind}`);
  if (declared !== undefined) return declared;
  return Object.hasOwn(addOns, group) && addOns[group]?.includes(object.kind) === true ? 'Cluster' : null;
}

/** Whether Kubernetes itself brings the kinds of a group. */
export const isBuiltInGroup = (group: string): boolean =>
  Object.hasOwn(clusterScoped, group) || namespacedGroups.has(group);

/** One sentence for each kind whose scope nothing declares, sorted. */
export function toScopeWarnings(objects: readonly KubernetesObject[], crdScopes: CrdScopes): readonly string[] {
  const unknown = objects.filter((object) => findScope(object, crdScopes) === null);
  const kinds = new Set(unknown.map((object) => `${object.kind} of ${toApiGroup(object.apiVersion)}`));
  return [...kinds].sort().map((kind) => `kind ${kind}: no CRD of the app declares its scope; taken as namespaced`);
}
