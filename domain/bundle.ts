/** Freezes the objects of one app into files: the bundle that plans, Git and deployers share. */
import { type Problem, type Result, refused, success } from './failure.ts';
import type { JsonObject } from './json.ts';
import {
  type Bundle,
  type Hook,
  type HookFile,
  type KubernetesObject,
  type ManifestFile,
  type ObjectIdentity,
  toIdentity,
  toIdentityKey,
} from './manifest.ts';
import { toManifestPath } from './manifest-path.ts';
import { type Sha256, toDeploymentLabel } from './names.ts';
import { type NormalFormOptions, toNormalForm } from './normal-form.ts';
import { isCrd, toCrdScopes } from './scope.ts';

/** The objects of one app for one or many clusters, after customisation; `RenderedApp` fits. */
export interface BundleContent {
  readonly crds: readonly KubernetesObject[];
  readonly objects: readonly KubernetesObject[];
  readonly hooks: readonly Hook[];
}

export interface BundleOptions {
  readonly gid: string;
  readonly app: string;
  /** Namespace of the logical cloud. */
  readonly namespace: string;
  readonly toYaml: (value: JsonObject) => string;
  readonly sha256: Sha256;
  /** Annotations by which agents know an object that they must not delete. */
  readonly keepAnnotations: Readonly<Record<string, string>>;
  /** CRDs of the other apps of the plan: they declare scopes too. */
  readonly planCrds?: readonly KubernetesObject[];
}

/**
 * Makes bundles of one app. Objects that several variants share are put into normal form and turned into text once:
 * the maker remembers them by object, so the cost follows what differs.
 */
export function makeBundler(options: BundleOptions): (content: BundleContent) => Result<Bundle> {
  const label = toDeploymentLabel(options.gid, options.app, options.sha256);
  const remembered = new Map<string, WeakMap<KubernetesObject, ManifestFile>>();
  const labelledSpecs = new WeakMap<JsonObject, JsonObject>();
  return (content) => {
    const crds = [...content.crds, ...content.objects.filter(isCrd)];
    const crdScopes = toCrdScopes([...(options.planCrds ?? []), ...crds]);
    const scopeKey = [...crdScopes]
      .map((entry) => entry.join('='))
      .sort()
      .join(' ');
    const files = remembered.get(scopeKey) ?? new WeakMap<KubernetesObject, ManifestFile>();
    remembered.set(scopeKey, files);
    const { namespace, keepAnnotations } = options;
    const form = { namespace, deploymentLabel: label, crdScopes, keepAnnotations, labelledSpecs };
    return toBundle(content, (object) => {
      const known = files.get(object);
      if (known) return known;
      const file = toManifestFile(object, form, options);
      files.set(object, file);
      return file;
    });
  };
}

/** One bundle; see `makeBundler` for many of one app. @returns `object-refused` with every object that stands twice. */
export const makeBundle = (content: BundleContent, options: BundleOptions): Result<Bundle> =>
  makeBundler(options)(content);

type ToFile = (object: KubernetesObject) => ManifestFile;

function toBundle(content: BundleContent, toFile: ToFile): Result<Bundle> {
  const crds = [...content.crds, ...content.objects.filter(isCrd)].map(toFile);
  const main = content.objects.filter((object) => !isCrd(object)).map(toFile);
  const hooks = content.hooks.map((hook): HookFile => {
    const { events, weight, deletePolicies } = hook;
    return { ...toFile(hook.object), events, weight, deletePolicies };
  });
  const problems = [crds, main, hooks].flatMap(findTwice);
  if (problems.length > 0) return refused('object-refused', problems);
  return success({ crds: sortByPath(crds), main: sortByPath(main), hooks: sortByPath(hooks) });
}

function toManifestFile(object: KubernetesObject, form: NormalFormOptions, options: BundleOptions): ManifestFile {
  const normal = toNormalForm(object, form);
  const identity = toIdentity(normal);
  return { path: toManifestPath(identity, options), identity, text: options.toYaml(normal) };
}

const sortByPath = <T extends ManifestFile>(files: readonly T[]): readonly T[] =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));

/** The same identity twice, or two identities with one file name (kinds that differ in case only). */
function findTwice(files: readonly ManifestFile[]): readonly Problem[] {
  const byPath = new Map<string, ManifestFile[]>();
  for (const file of files) {
    const known = byPath.get(file.path);
    if (known) known.push(file);
    else byPath.set(file.path, [file]);
  }
  return [...byPath.values()]
    .filter((same) => same.length > 1)
    .map((same) => toTwiceProblem(same.map((file) => file.identity)));
}

function toTwiceProblem(same: readonly ObjectIdentity[]): Problem {
  const [first] = same;
  const object = first === undefined ? '' : toObjectWords(first);
  const kinds = new Set(same.map(toIdentityKey));
  const found =
    kinds.size === 1 ? `${same.length} of them` : `${[...kinds].sort().join(' and ')}, which differ in case only`;
  return { object, expected: 'one object of this kind, namespace and name in the app', found };
}

/** `Deployment shop/db` or `ClusterRole reader`. */
const toObjectWords = (id: Pick<ObjectIdentity, 'kind' | 'namespace' | 'name'>): string =>
  `${id.kind} ${id.namespace === '' ? id.name : `${id.namespace}/${id.name}`}`;
