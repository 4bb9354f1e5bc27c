/** Helm's hooks of one app on one cluster: which belong to an occasion, in which order, and how far they are. */
import { toInstallRank } from './install-order.ts';
import { isJsonObject } from './json.ts';
import type { Bundle, HookEvent, HookFile, KubernetesObject, ManifestFile } from './manifest.ts';
import type { RemovalOptions } from './operation.ts';
import type { BundleRecord } from './plan.ts';
import type { BlobAddress } from './ports/blobs.ts';

/** What happens to a target: nothing of the app was there, other content comes, an earlier revision comes back, it goes. */
export type HookOccasion = 'install' | 'upgrade' | 'rollback' | 'delete';

/** What is known of a bundle's hook without opening the bundle. */
export interface BundleHook extends Pick<HookFile, 'path' | 'events' | 'weight' | 'deletePolicies'> {
  readonly kind: string;
  readonly name: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
}

/**
 * Where the hook under way stands. idle: none was begun; handed: to the Git writer or deployer; sent: committed or made;
 * running: seen on the cluster; done: succeeded, still there; clearing: it goes; left: begun by an earlier operation;
 * failing: failed and to be deleted; disposing: loses first what keeps it; failed: ends the operation on its target.
 */
export const hookStates = [
  'idle',
  'handed',
  'sent',
  'running',
  'done',
  'clearing',
  'left',
  'failing',
  'disposing',
  'failed',
] as const;

export type HookState = (typeof hookStates)[number];

/** The hooks of a target's row. */
export interface HookProgress {
  /** Null: no hook has to run any more. */
  readonly occasion: HookOccasion | null;
  /** How many of the occasion's hooks succeeded, those before and those after the app counted on. */
  readonly done: number;
  readonly state: HookState;
  /** Address of the `HookRun` that is in Git or on the cluster; null when none is. */
  readonly content: BlobAddress | null;
  /** RFC 3339; since when state and count are so. */
  readonly since: string;
  /** What was asked of the terminate; absent or all false otherwise. */
  readonly removal?: RemovalOptions;
}

/** Written only where the row still stands at `from`, so that a late word changes nothing. */
export interface HookChange {
  readonly from: Pick<HookProgress, 'done' | 'state'>;
  readonly to: Omit<HookProgress, 'since' | 'removal'>;
}

/** One hook as it is made on clusters, in the form of a bundle with one object; or CRDs that are to go. */
export interface HookRun extends Bundle {
  readonly run: string;
  /** The object stays when its folder goes. */
  readonly keeps: boolean;
}

/** Annotation that says which run made the object: operation number and place among the occasion's hooks, `17.2`. */
export const hookRunAnnotation = 'emco/hook-run';

export const toRunName = (operation: number, at: number): string => `${operation}.${at}`;

export interface OccasionHooks {
  readonly before: readonly BundleHook[];
  readonly after: readonly BundleHook[];
}

export const noHooks: OccasionHooks = { before: [], after: [] };

/** In Helm's order: by weight, then name, then kind. */
export function toOccasionHooks(hooks: readonly BundleHook[], occasion: HookOccasion): OccasionHooks {
  const of = (event: HookEvent): readonly BundleHook[] =>
    hooks.filter(({ events }) => events.includes(event)).toSorted(compareHooks);
  return { before: of(`pre-${occasion}`), after: of(`post-${occasion}`) };
}

/**
 * The last that runs where CRDs shall go too: they become the run's own, so that they go with it. As a hook it has no path,
 * since it stands for all CRDs of the bundle.
 */
const crdRemoval: BundleHook = {
  path: '',
  kind: 'CustomResourceDefinition',
  name: '',
  namespace: '',
  events: ['post-delete'],
  weight: 0,
  deletePolicies: ['hook-succeeded'],
};

export const isCrdRemoval = ({ path }: Pick<BundleHook, 'path'>): boolean => path === '';

/** The hooks of a target, by what is known of its bundle. */
export function toHooksOf(
  bundle: Pick<BundleRecord, 'hooks' | 'trees'> | undefined,
  { occasion, removal }: Pick<HookProgress, 'occasion' | 'removal'>,
): OccasionHooks {
  if (bundle === undefined || occasion === null) return noHooks;
  const { before, after } = removal?.skipHooks === true ? noHooks : toOccasionHooks(bundle.hooks, occasion);
  const removesCrds = occasion === 'delete' && removal?.deleteCrds === true && bundle.trees.crds !== null;
  return { before, after: removesCrds ? [...after, crdRemoval] : after };
}

const compareHooks = (a: BundleHook, b: BundleHook): number =>
  a.weight - b.weight ||
  compare(a.name, b.name) ||
  toInstallRank(a.kind) - toInstallRank(b.kind) ||
  compare(a.path, b.path);

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

export const toBundleHook = ({ path, identity, events, weight, deletePolicies }: HookFile): BundleHook => ({
  path,
  kind: identity.kind,
  name: identity.name,
  namespace: identity.namespace,
  events,
  weight,
  deletePolicies,
});

/** Whether a hook that succeeded stays; one that failed stays in any case until it is disposed of. */
export const isKeptHook = ({ deletePolicies }: Pick<BundleHook, 'deletePolicies'>): boolean =>
  !deletePolicies.includes('hook-succeeded');

export interface HookRunOptions {
  readonly run: string;
  readonly keeps: boolean;
  /** Annotations by which agents know an object that they must not delete. */
  readonly keepAnnotations: Readonly<Record<string, string>>;
}

/**
 * The object of one run. What runs to an end differs from an earlier run in a field that can't be changed, so that
 * whoever applies it makes it anew: in a Job's pod template, in a toleration of a Pod (for a taint that nobody sets).
 */
export function toRunObject(object: KubernetesObject, options: HookRunOptions): KubernetesObject {
  const mark = { [hookRunAnnotation]: options.run };
  const marked = annotate(object, options.keeps ? { ...mark, ...options.keepAnnotations } : mark);
  const { spec } = object;
  if (!isJsonObject(spec)) return marked;
  if (isJob(object) && isJsonObject(spec['template'])) {
    // A template has metadata of the same form.
    const template = annotate(spec['template'] as KubernetesObject, mark);
    return { ...marked, spec: { ...spec, template } };
  }
  if (!isPod(object)) return marked;
  const given = Array.isArray(spec['tolerations']) ? spec['tolerations'] : [];
  const toleration = { key: hookRunAnnotation, operator: 'Equal', value: options.run };
  return { ...marked, spec: { ...spec, tolerations: [...given, toleration] } };
}

function annotate(object: KubernetesObject, more: Readonly<Record<string, string>>): KubernetesObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : ({} as KubernetesObject['metadata']);
  const { annotations } = metadata;
  const all = { ...(isJsonObject(annotations) ? annotations : {}), ...more };
  return { ...object, metadata: { ...metadata, annotations: all } };
}

const isJob = ({ apiVersion, kind }: KubernetesObject): boolean => kind === 'Job' && apiVersion.startsWith('batch/');
const isPod = ({ apiVersion, kind }: KubernetesObject): boolean => kind === 'Pod' && apiVersion === 'v1';

export const toHookRun = (main: readonly ManifestFile[], run: string, keeps: boolean): HookRun => ({
  crds: [],
  main,
  hooks: [],
  run,
  keeps,
});

/** A hook's Job would run again after its time to live, where an agent applies it from Git. */
export function withoutTimeToLive(object: KubernetesObject): KubernetesObject {
  const { spec } = object;
  if (!isJob(object) || !isJsonObject(spec) || spec['ttlSecondsAfterFinished'] === undefined) return object;
  const { ttlSecondsAfterFinished: _, ...rest } = spec;
  return { ...object, spec: rest };
}

/** What a step of a hook makes of its row: when it is handed over, when it is done, and when it is refused. */
export interface HookChanges {
  readonly handed?: HookChange;
  readonly done?: HookChange;
  readonly refused?: HookChange;
}

/**
 * @param content address of the run that the step writes; null where it writes none
 * @param isFailed the target failed by this hook, and stays so
 */
export function toHookChanges(
  progress: HookProgress,
  step: 'run' | 'dispose' | 'clear' | 'clear-too',
  { content, isFailed }: { readonly content: BlobAddress | null; readonly isFailed: boolean },
): HookChanges {
  const { occasion, done, state } = progress;
  const change = (from: HookState, to: HookState, its: BlobAddress | null): HookChange => ({
    from: { done, state: from },
    to: { occasion, done, state: to, content: its },
  });
  switch (step) {
    case 'run':
      return {
        handed: change(state, 'handed', content),
        done: change('handed', 'sent', content),
        refused: change('handed', 'failed', content),
      };
    case 'dispose':
      return { handed: change(state, 'disposing', content) };
    case 'clear':
      return {
        handed: change(state, 'clearing', progress.content),
        done: change('clearing', isFailed ? 'failed' : 'idle', null),
      };
    case 'clear-too':
      return { done: change(state, 'idle', null) };
  }
}
