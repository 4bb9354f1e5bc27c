/** Looks into API servers by hand, without any code of emco. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { KubeApi } from '#lab/kubernetes/kube-api.ts';

export const paths = {
  deployment: '/apis/apps/v1/namespaces/default/deployments/',
  statefulSet: '/apis/apps/v1/namespaces/default/statefulsets/',
  configMap: '/api/v1/namespaces/default/configmaps/',
  secret: '/api/v1/namespaces/default/secrets/',
  service: '/api/v1/namespaces/default/services/',
  ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses/',
  disruptionBudget: '/apis/policy/v1/namespaces/default/poddisruptionbudgets/',
  networkPolicy: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/',
  serviceAccount: '/api/v1/namespaces/default/serviceaccounts/',
  roleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/',
  clusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles/',
  clusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/',
  backupPlan: '/apis/shop.emco.example/v1/namespaces/default/backupplans/',
  job: '/apis/batch/v1/namespaces/default/jobs/',
  pod: '/api/v1/namespaces/default/pods/',
  definition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/',
} as const;

export type Kind = keyof typeof paths;

/** The object, or null when it is not there. */
export async function find(api: KubeApi, kind: Kind, name: string): Promise<JsonObject | null> {
  const { status, body } = await api.get(`${paths[kind]}${name}`);
  if (status === 404) return null;
  if (status === 200 && isObject(body)) return body;
  throw new Error(`${kind} ${name}: expected 200 or 404, found ${status}`);
}

/** @throws Error when it is not there */
export async function get(api: KubeApi, kind: Kind, name: string): Promise<JsonObject> {
  const found = await find(api, kind, name);
  if (found === null) throw new Error(`${kind} ${name}: expected it to be there, found none`);
  return found;
}

const isObject = (value: unknown): value is JsonObject => isJsonObject(value as Json);

/** A member by its path, numbers for places in lists. */
export function at(object: JsonObject | null, path: string): Json | undefined {
  let value: Json | undefined = object ?? undefined;
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = (value as readonly Json[])[Number(name)];
    else value = isJsonObject(value) ? value[name] : undefined;
  }
  return value;
}

/** A text by its path; empty where there is none. */
export function textAt(object: JsonObject | null, path: string): string {
  const value = at(object, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export const madeAt = (object: JsonObject): number => Date.parse(textAt(object, 'metadata.creationTimestamp'));

/** When the newest of the pods of an app became Ready. */
export async function podsReadyAt(api: KubeApi, selector: string): Promise<number> {
  const { body } = await api.get(`/api/v1/namespaces/default/pods?labelSelector=${encodeURIComponent(selector)}`);
  const items = isObject(body) ? at(body, 'items') : [];
  const times = (Array.isArray(items) ? items : []).filter(isJsonObject).map((pod) => {
    const conditions = at(pod, 'status.conditions');
    const ready = (Array.isArray(conditions) ? conditions : [])
      .filter(isJsonObject)
      .find((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
    return ready === undefined ? Number.NaN : Date.parse(textAt(ready, 'lastTransitionTime'));
  });
  if (times.length === 0) throw new Error(`pods ${selector}: expected some, found none`);
  return Math.max(...times);
}

const listed = [
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/apps/v1/namespaces/default/statefulsets',
  '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings',
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/secrets',
  '/api/v1/namespaces/default/serviceaccounts',
  '/api/v1/namespaces/default/services',
] as const;

export interface LiveObject {
  /** `deployments/shop-api`. */
  readonly title: string;
  readonly object: JsonObject;
}

/** Everything on a cluster that carries the mark of a group. */
export async function listOwned(api: KubeApi, gid: string): Promise<readonly LiveObject[]> {
  const lists = await Promise.all(
    listed.map(async (path) => {
      const { body } = await api.get(`${path}?labelSelector=emco%2Fdeployment-id`);
      const items = isObject(body) ? at(body, 'items') : [];
      return (Array.isArray(items) ? items : [])
        .filter(isJsonObject)
        .filter((item) => textAt(item, 'metadata.labels.emco/deployment-id').startsWith(`${gid}-`))
        .map((object) => ({ title: `${path.split('/').at(-1)}/${textAt(object, 'metadata.name')}`, object }));
    }),
  );
  return lists.flat();
}

/** Names of all objects of a collection. */
export async function listNames(api: KubeApi, path: string): Promise<readonly string[]> {
  const { body } = await api.get(path);
  const items = isObject(body) ? at(body, 'items') : [];
  return (Array.isArray(items) ? items : []).filter(isJsonObject).map((one) => textAt(one, 'metadata.name'));
}

/** What a user wrote of an object: all but status and what the server keeps for itself. */
export function toWritten(object: JsonObject): JsonObject {
  const { status: _, metadata, spec, ...rest } = object;
  const { labels = {}, annotations = {}, name = '' } = isJsonObject(metadata) ? metadata : {};
  const kept = isJsonObject(annotations)
    ? Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/')))
    : {};
  return { ...rest, ...withoutAddresses(spec), metadata: { name, labels, annotations: kept } };
}

/** The addresses of a Service are the cluster's to give. */
function withoutAddresses(spec: Json | undefined): JsonObject {
  if (!isJsonObject(spec)) return {};
  const { clusterIP: _, clusterIPs: __, ...kept } = spec;
  return { spec: kept };
}

/** Titles with generations: what changes when somebody writes the spec. */
export const toVersions = (objects: readonly LiveObject[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    objects.map(({ title, object }) => {
      // Objects without a generation have no status either, so their version moves only when they are written.
      const generation = textAt(object, 'metadata.generation') || textAt(object, 'metadata.resourceVersion');
      return [title, `${textAt(object, 'metadata.uid')} ${generation}`];
    }),
  );
