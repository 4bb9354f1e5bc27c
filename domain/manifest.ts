/** Kubernetes objects on their way from a chart to a folder. */
import type { Json, JsonObject } from './json.ts';

export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
}

/** What makes an object one object of a cluster. `version` does not take part in equality. */
export interface ObjectIdentity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
}

/** One object as one file: `deployment.apps-shop-db.yaml`. */
export interface ManifestFile {
  readonly path: string;
  readonly identity: ObjectIdentity;
  /** YAML with sorted keys. */
  readonly text: string;
}

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-rollback'
  | 'post-rollback';

export interface Hook {
  readonly events: readonly HookEvent[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly object: KubernetesObject;
}

/** What one chart gives for one app, before customisation. Objects are in Helm's install order. */
export interface RenderedApp {
  readonly app: string;
  readonly crds: readonly KubernetesObject[];
  readonly objects: readonly KubernetesObject[];
  readonly hooks: readonly Hook[];
  /** Things the user should know, such as a kind of unknown scope. */
  readonly warnings: readonly string[];
}

export interface HookFile extends ManifestFile {
  readonly events: readonly HookEvent[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
}

/** The manifests of one app on one or many clusters, agent-neutral and content-addressed. Files are sorted by path. */
export interface Bundle {
  readonly crds: readonly ManifestFile[];
  readonly main: readonly ManifestFile[];
  readonly hooks: readonly HookFile[];
}

export const toApiGroup = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

export const toApiVersion = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);

export const toIdentity = (object: KubernetesObject): ObjectIdentity => ({
  group: toApiGroup(object.apiVersion),
  version: toApiVersion(object.apiVersion),
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});

/** Equality of objects on a cluster: group, kind, namespace and name. */
export const toIdentityKey = (id: ObjectIdentity): string => `${id.group}/${id.kind}/${id.namespace}/${id.name}`;

export function isKubernetesObject(value: Json): value is KubernetesObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { apiVersion, kind, metadata } = value as JsonObject;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false;
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return false;
  return typeof (metadata as JsonObject)['name'] === 'string';
}
