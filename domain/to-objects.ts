/** From parsed documents to single Kubernetes objects: lists unrolled, whatever is no object named. */
import type { Problem } from './failure.ts';
import { type Json, type JsonObject, isJsonObject } from './json.ts';
import { type KubernetesObject, isKubernetesObject } from './manifest.ts';

export interface ToObjectsResult {
  readonly objects: readonly KubernetesObject[];
  readonly problems: readonly Problem[];
}

/**
 * Unrolls `List` and typed lists (`ConfigMapList`, whose items may leave out apiVersion and kind), also nested ones.
 * An empty document (null) gives nothing. `where` names the source in problems: `file web/templates/cm.yaml`.
 */
export function toObjects(value: Json, where: string): ToObjectsResult {
  if (value === null) return { objects: [], problems: [] };
  if (isList(value)) return fromList(value, where);
  if (isKubernetesObject(value)) {
    const problem = toNameProblem(value, where);
    return problem === null ? { objects: [value], problems: [] } : { objects: [], problems: [problem] };
  }
  return { objects: [], problems: [toProblem(value, where)] };
}

interface List extends JsonObject {
  readonly kind: string;
  readonly items: readonly Json[] | null;
}

/** A list has no name; a resource whose kind happens to end so has one. */
function isList(value: Json): value is List {
  if (!isJsonObject(value)) return false;
  const { kind, items, metadata } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List')) return false;
  if (isJsonObject(metadata) && typeof metadata['name'] === 'string') return false;
  return Array.isArray(items) || items === null;
}

function fromList(list: List, where: string): ToObjectsResult {
  const own = list.kind === 'List' ? {} : { apiVersion: list['apiVersion'] ?? '', kind: list.kind.slice(0, -4) };
  const results = (list.items ?? []).map((item, at) =>
    toObjects(isJsonObject(item) ? { ...own, ...item } : item, `${where}, item ${at + 1} of ${list.kind}`),
  );
  return {
    objects: results.flatMap((result) => result.objects),
    problems: results.flatMap((result) => result.problems),
  };
}

/** What exactly is missing, so that the author finds it. */
function toProblem(value: Json, where: string): Problem {
  const expected = 'a Kubernetes object';
  if (!isJsonObject(value))
    return { object: where, expected, found: Array.isArray(value) ? 'a sequence' : `a ${typeof value}` };
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof value[field] !== 'string' || value[field] === '')
      return { object: where, expected: `${expected} with ${field}`, found: toFound(value[field]) };
  }
  const { kind, metadata } = value;
  const object = typeof kind === 'string' ? `${where}, ${kind}` : where;
  if (!isJsonObject(metadata)) return { object, expected: 'metadata with a name', found: toFound(metadata) };
  if (typeof metadata['generateName'] === 'string' && metadata['name'] === undefined)
    return { object, expected: 'metadata.name, which a declarative deployment needs', found: 'generateName only' };
  return { object, expected: 'a string as metadata.name', found: toFound(metadata['name']) };
}

function toFound(value: Json | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (value === '') return 'an empty string';
  return Array.isArray(value) ? 'a sequence' : `a ${typeof value}`;
}

/** Names are path segments for the API server; a kind's own rule is left to it. */
const badName = /[/%\s]|[^\P{C}]|^\.{1,2}$|^$/u;
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function toNameProblem(object: KubernetesObject, where: string): Problem | null {
  const { kind, apiVersion, metadata } = object;
  const { name } = metadata;
  // The guard of KubernetesObject looks at the name only: other members may be anything.
  const namespace: Json | undefined = metadata['namespace'];
  if (kind === '' || apiVersion === '') return toProblem(object, where);
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(kind) || !/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9]+$/.test(apiVersion))
    return { object: where, expected: 'apiVersion and kind of a Kubernetes API', found: `${apiVersion} ${kind}` };
  if (apiVersion.startsWith('kustomize.config.k8s.io/'))
    return { object: where, expected: 'an object of the Kubernetes API', found: `kustomize's own ${kind}` };
  if (name.length > 253 || badName.test(name))
    return {
      object: `${where}, ${kind}`,
      expected: 'a name that Kubernetes allows',
      found: JSON.stringify(name.slice(0, 80)),
    };
  if (namespace === undefined || namespace === null || namespace === '') return null;
  if (typeof namespace === 'string' && namespaceName.test(namespace)) return null;
  return {
    object: `${where}, ${kind} ${name}`,
    expected: 'a namespace that Kubernetes allows',
    found: typeof namespace === 'string' ? JSON.stringify(namespace.slice(0, 80)) : toFound(namespace),
  };
}
