/** The normal form of a rendered object: namespace explicit, label set, Helm's annotations gone. */
import { type JsonObject, isJsonObject } from './json.ts';
import { type KubernetesObject, toApiGroup } from './manifest.ts';
import { deploymentLabelName } from './names.ts';
import { type CrdScopes, findScope, isCrd } from './scope.ts';

export interface NormalFormOptions {
  /** Namespace of namespaced objects that name none. */
  readonly namespace: string;
  /** Value of the label `emco/deployment-id`. */
  readonly deploymentLabel: string;
  readonly crdScopes: CrdScopes;
  /** Annotations by which agents know an object that they must not delete. */
  readonly keepAnnotations: Readonly<Record<string, string>>;
  /** Specs with labelled pod templates by the spec before: what objects share they share in normal form too. */
  readonly labelledSpecs: WeakMap<JsonObject, JsonObject>;
}

/** What `helm.sh/resource-policy: keep` becomes, so that the wish outlives Helm's annotations. */
export const keepAnnotation = 'emco/resource-policy';

const helmPrefix = 'helm.sh/';

/**
 * Sets the namespace (none on cluster-scoped kinds), the deployment label on the object and its pod templates, and
 * strips `helm.sh/*` annotations. Selectors stay as they are. A CRD gets no label: it is the cluster's, so that two
 * groups with the same CRD have the same bytes. Never changes its argument; shares what stays the same.
 */
export function toNormalForm(object: KubernetesObject, options: NormalFormOptions): KubernetesObject {
  const label = isCrd(object) ? null : options.deploymentLabel;
  const metadata = toMetadata(object, label, options);
  // The spread keeps apiVersion and kind; metadata keeps its name.
  const placed = { ...object, metadata } as KubernetesObject;
  return label === null ? placed : labelPodTemplate(placed, label, options.labelledSpecs);
}

function toMetadata(object: KubernetesObject, label: string | null, options: NormalFormOptions): JsonObject {
  const { namespace: stated, labels, annotations, ...rest } = object.metadata as JsonObject;
  if (rest['creationTimestamp'] === null) delete (rest as Record<string, unknown>)['creationTimestamp'];
  const clusterWide = findScope(object, options.crdScopes) === 'Cluster';
  const namespace = typeof stated === 'string' && stated !== '' ? stated : options.namespace;
  const kept = toAnnotations(annotations, options);
  return {
    ...rest,
    ...(clusterWide ? {} : { namespace }),
    ...(kept === null ? {} : { annotations: kept }),
    ...(label === null ? (isJsonObject(labels) ? { labels } : {}) : { labels: withLabel(labels, label) }),
  };
}

const withLabel = (labels: JsonObject[string] | undefined, label: string): JsonObject => ({
  ...(isJsonObject(labels) ? labels : {}),
  [deploymentLabelName]: label,
});

function toAnnotations(
  annotations: JsonObject[string] | undefined,
  { keepAnnotations }: NormalFormOptions,
): JsonObject | null {
  if (!isJsonObject(annotations)) return null;
  const kept = Object.entries(annotations).filter(([name]) => !name.startsWith(helmPrefix));
  if (annotations['helm.sh/resource-policy'] === 'keep')
    kept.push([keepAnnotation, 'keep'], ...Object.entries(keepAnnotations));
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

/** Whether the object carries Helm's wish to survive its release. */
export const isKept = (object: KubernetesObject): boolean => {
  const { annotations } = object.metadata;
  return isJsonObject(annotations) && annotations['helm.sh/resource-policy'] === 'keep';
};

/** Where built-in kinds keep their pod template, by `group/Kind`. */
const podTemplates: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  '/ReplicationController': ['spec', 'template'],
};

/**
 * Pods carry the label too, so that a group's pods can be listed. EMCO labels every `spec.template`; here a template
 * of a kind that is not built in gets it only when it holds containers, and a CronJob's nested one gets it as well.
 */
function labelPodTemplate(
  object: KubernetesObject,
  label: string,
  labelledSpecs: NormalFormOptions['labelledSpecs'],
): KubernetesObject {
  const { spec } = object;
  if (!isJsonObject(spec)) return object;
  const known = labelledSpecs.get(spec);
  if (known !== undefined) return { ...object, spec: known };
  const path = podTemplates[`${toApiGroup(object.apiVersion)}/${object.kind}`] ?? ['spec', 'template'];
  const template = path.reduce<JsonObject[string] | undefined>(
    (value, name) => (isJsonObject(value) ? value[name] : undefined),
    object,
  );
  if (!isJsonObject(template) || !isJsonObject(template['spec'])) return object;
  if (!Array.isArray(template['spec']['containers'])) return object;
  const metadata = isJsonObject(template['metadata']) ? template['metadata'] : {};
  const labelled = { ...template, metadata: { ...metadata, labels: withLabel(metadata['labels'], label) } };
  const made = replaceAt(spec, path.slice(1), labelled);
  labelledSpecs.set(spec, made);
  return { ...object, spec: made };
}

function replaceAt(object: JsonObject, path: readonly string[], value: JsonObject): JsonObject {
  const [name = '', ...rest] = path;
  const inner = object[name];
  return { ...object, [name]: rest.length > 0 && isJsonObject(inner) ? replaceAt(inner, rest, value) : value };
}
