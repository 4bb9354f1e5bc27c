/** What a change set writes: content folders of its targets, and the agent objects of every cluster that it touches. */
import type { ClusterKey } from '#domain/group.ts';
import { toHooksOf } from '#domain/hooks.ts';
import type { StepTarget } from '#domain/judge.ts';
import { isHookOnly } from '#domain/judge-hooks.ts';
import type { ChangeFolder, ChangeSet } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { AgentApp } from '#domain/ports/plugins.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { type GroupView, toProvider } from './group-view.ts';
import type { HookWork } from './hook-runs.ts';

type Layouts = Pick<ActivityDeps, 'gitops'>;
type Part = ChangeFolder['part'];

export const toRowKey = (target: { readonly app: string; readonly cluster: ClusterKey }): string =>
  `${target.cluster} ${target.app}`;

/** Folders grouped by content, so that equal clusters cost one entry. */
export function toChangeFolders(
  deps: Layouts,
  view: GroupView,
  { targets, hooks }: { targets: readonly StepTarget[]; hooks: ReadonlyMap<string, Pick<HookWork, 'content'>> },
): readonly ChangeFolder[] {
  const rows = new Map(view.rows.map((row) => [toRowKey(row), row]));
  const paths = new Map<string, { bundle: BlobAddress | null; part: Part; paths: string[] }>();
  const add = (bundle: BlobAddress | null, part: Part, path: string): void => {
    const key = `${bundle ?? ''} ${part}`;
    const entry = paths.get(key) ?? { bundle, part, paths: [] };
    entry.paths.push(path);
    paths.set(key, entry);
  };
  for (const target of targets) {
    const row = rows.get(toRowKey(target));
    const cluster = view.clusters.get(target.cluster);
    if (row === undefined || cluster === undefined) continue;
    const provider = toProvider(deps, cluster);
    const folder = (part: Part): string => provider.folder({ gid: view.gid, cluster: row.cluster, app: row.app, part });
    const own = isHookOnly(target.hook) ? [] : toParts(view, row, target);
    for (const [part, bundle] of own) add(bundle, part, folder(part));
    // What a run writes is a bundle of its own.
    const work = hooks.get(toRowKey(target));
    if (work !== undefined && !own.some(([part]) => part === 'hooks')) add(work.content, 'main', folder('hooks'));
  }
  return [...paths.values()].map((entry) => ({ ...entry, paths: entry.paths.toSorted() }));
}

/** The parts that a target's step writes, and null for those that go. */
function toParts(
  view: GroupView,
  row: TargetRow,
  target: StepTarget,
): readonly (readonly [Part, BlobAddress | null])[] {
  if (target.phase === 'Removing') return [];
  if (target.phase === 'Removed')
    return [
      ['main', null],
      ['crds', null],
      ['hooks', null],
    ];
  const trees = row.bundle === null ? undefined : view.bundles.get(row.bundle)?.trees;
  const crds = ['crds', (trees?.crds ?? null) === null ? null : row.bundle] as const;
  if (target.phase === 'CrdsCommitted') return [crds];
  return [['main', (trees?.main ?? null) === null ? null : row.bundle], crds];
}

/**
 * One file of agent objects a cluster, and the cluster's marker.
 * @param deserted clusters on which nothing of any group remains after this step: their marker goes too
 */
export function toChangeFiles(
  deps: Layouts,
  view: GroupView,
  { targets, deserted }: { targets: readonly StepTarget[]; deserted: ReadonlySet<ClusterKey> },
): ChangeSet['files'] {
  const steps = new Map(targets.map((target) => [toRowKey(target), target]));
  const rowsOf = Map.groupBy(view.rows, (row) => row.cluster);
  const clusters = [...new Set(targets.map((target) => target.cluster))].toSorted();
  return clusters.flatMap((key) => {
    const cluster = view.clusters.get(key);
    if (cluster === undefined || cluster.gitops === null) return [];
    const provider = toProvider(deps, cluster);
    const apps = (rowsOf.get(key) ?? []).flatMap((row) => toAgentApp(view, row, steps.get(toRowKey(row))));
    const namespace = view.plan?.namespace ?? 'default';
    const lcid = view.plan?.tenant?.lcid;
    const tenant = lcid === undefined ? {} : { tenant: lcid };
    const agent = provider.agentFiles({
      gid: view.gid,
      cluster: key,
      namespace,
      settings: cluster.gitops,
      apps,
      ...tenant,
    });
    const markers = provider.markerFiles(key);
    if (apps.length > 0) return [...agent, ...markers];
    return deserted.has(key) ? [...agent, ...markers.map(({ path }) => ({ path, text: null }))] : agent;
  });
}

/** What of the app the agent shall have after this step; nothing while its turn has not come. */
function toAgentApp(view: GroupView, row: TargetRow, step: StepTarget | undefined): readonly AgentApp[] {
  const own = toMainParts(view, toMainRow(view, row), isHookOnly(step?.hook) ? undefined : step);
  const hasHooks = step?.phase !== 'Removed' && willHaveHooks(row, step);
  if (own === null && !hasHooks) return [];
  return [{ app: row.app, hasMain: own?.hasMain ?? false, hasCrds: own?.hasCrds ?? false, hasHooks }];
}

function willHaveHooks(row: TargetRow, step: StepTarget | undefined): boolean {
  if (step?.hook === undefined) return row.hook !== null && row.hook.content !== null;
  return step.hook.do === 'run' || step.hook.do === 'dispose';
}

/** A hook that fails before its app leaves the app where it was: waiting, or with its CRDs alone. */
function toMainRow(view: GroupView, row: TargetRow): TargetRow {
  if (row.phase !== 'Failed' || !isBeforeMain(view, row)) return row;
  const crdsOnly = row.bundle !== null && row.previousBundle === null && row.commit !== '';
  return { ...row, phase: crdsOnly ? 'CrdsCommitted' : 'Pending' };
}

function isBeforeMain(view: GroupView, { hook, bundle, previousBundle }: TargetRow): boolean {
  if (hook === null || hook.occasion === null) return false;
  const record = view.bundles.get(bundle ?? previousBundle ?? ('' as BlobAddress));
  return hook.done < toHooksOf(record, hook).before.length;
}

function toMainParts(
  view: GroupView,
  row: TargetRow,
  step: StepTarget | undefined,
): Pick<AgentApp, 'hasMain' | 'hasCrds'> | null {
  const leaves = step?.phase === 'Removing' || step?.phase === 'Removed';
  const isLeaving = row.bundle === null && row.phase !== 'Pending';
  if (leaves || isLeaving) return null;
  const stood = row.previousBundle !== null || row.commit !== '';
  const shown = step !== undefined || stood || (row.phase !== 'Pending' && row.phase !== 'Failed');
  const bundle = toShownBundle(row, step);
  if (!shown || bundle === null) return null;
  const trees = view.bundles.get(bundle)?.trees;
  return {
    hasMain: !isOnlyCrds(row, step) && (trees?.main ?? null) !== null,
    hasCrds: (trees?.crds ?? null) !== null,
  };
}

/** A target that waits still stands with its earlier bundle. */
function toShownBundle(row: TargetRow, step: StepTarget | undefined): BlobAddress | null {
  if (step === undefined && (row.phase === 'Pending' || row.bundle === null)) return row.previousBundle;
  return row.bundle;
}

const isOnlyCrds = (row: TargetRow, step: StepTarget | undefined): boolean =>
  row.previousBundle === null && (step === undefined ? row.phase === 'CrdsCommitted' : step.phase === 'CrdsCommitted');
