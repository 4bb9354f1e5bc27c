/** A group's targets joined with clusters, bundles and observations: what `judge` looks at and steps act on. */
import { Failure } from '#domain/failure.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import { type HookRun, toHooksOf } from '#domain/hooks.ts';
import type { ClusterInput } from '#domain/inputs.ts';
import type { TargetView } from '#domain/judge.ts';
import type { HookView } from '#domain/judge-hooks.ts';
import type { BundleRecord, Plan } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GitopsProvider } from '#domain/ports/plugins.ts';
import type { OperationContext } from '#domain/steps.ts';
import type { Observation, TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, loadManyJson } from './json-blobs.ts';
import { type ClustersRead, findProvider, readClustersAgain } from './read-clusters.ts';

export interface GroupView {
  readonly group: GroupKey;
  readonly gid: string;
  readonly rows: readonly TargetRow[];
  readonly clusters: ReadonlyMap<ClusterKey, ClusterInput>;
  /** Digests of the documents that `clusters` was read from. */
  readonly digests: ClustersRead['digests'];
  readonly bundles: ReadonlyMap<BlobAddress, BundleRecord>;
  /** What of hooks is in Git or on clusters. */
  readonly hookRuns: ReadonlyMap<BlobAddress, HookRun>;
  /** The newest plan that was frozen; null before the first. */
  readonly plan: Plan | null;
  readonly planDigest: BlobAddress | null;
}

/** Rows and facts are read anew each time; what can't have changed since the last look is taken from it. */
export async function loadGroupView(deps: ActivityDeps, group: GroupKey): Promise<GroupView> {
  const { groups, plans, documents } = deps.store;
  const known = deps.viewed.recall(group)?.value;
  const [record, rows] = await Promise.all([groups.find(group), plans.targets(group)]);
  const keys = [...new Set(rows.map((row) => row.cluster))].toSorted();
  const runs = rows.flatMap(({ hook }) => hook?.content ?? []);
  const [{ clusters, digests }, bundles, hookRuns, newest] = await Promise.all([
    readClustersAgain(documents, deps.gitops, { keys, known }),
    recallBundles(
      deps,
      group,
      rows.flatMap((row) => [row.bundle, row.previousBundle]).filter((a) => a !== null),
    ),
    runs.length === 0 ? new Map<BlobAddress, HookRun>() : loadManyJson<HookRun>(deps.store.blobs, runs),
    findNewestPlan(deps, group, known),
  ]);
  return { group, gid: record?.gid ?? '', rows, clusters, digests, bundles, hookRuns, ...newest };
}

/** What an address stands for never changes, so what the last look at the group found is not asked for again. */
export async function recallBundles(
  { store, viewed }: Pick<ActivityDeps, 'store' | 'viewed'>,
  group: GroupKey,
  addresses: readonly BlobAddress[],
): Promise<GroupView['bundles']> {
  const known = viewed.recall(group)?.value.bundles ?? new Map<BlobAddress, BundleRecord>();
  const wanted = new Set(addresses);
  const unknown = [...wanted].filter((address) => !known.has(address));
  const found = unknown.length === 0 ? [] : await store.plans.findBundles(unknown);
  return new Map([...[...known].filter(([address]) => wanted.has(address)), ...found]);
}

async function findNewestPlan(
  { store }: ActivityDeps,
  group: GroupKey,
  known: Pick<GroupView, 'plan' | 'planDigest'> | undefined,
): Promise<Pick<GroupView, 'plan' | 'planDigest'>> {
  const [newest] = (await store.groups.listRevisions(group)).toSorted((a, b) => b.revision - a.revision);
  if (newest === undefined) return { plan: null, planDigest: null };
  if (known?.planDigest === newest.digest) return { plan: known.plan, planDigest: known.planDigest };
  return { plan: await loadJson<Plan>(store.blobs, newest.digest), planDigest: newest.digest };
}

/** @throws Failure `operation-superseded` when a newer operation has begun. */
export async function refuseWhenSuperseded(
  deps: ActivityDeps,
  { group, operation }: Pick<OperationContext, 'group' | 'operation'>,
): Promise<void> {
  const record = await deps.store.groups.find(group);
  if (record !== null && record.operation <= operation) return;
  const found = record === null ? 'no such group' : `operation ${record.operation}`;
  throw new Failure('operation-superseded', [{ object: `group ${group}`, expected: `operation ${operation}`, found }]);
}

export function toProvider(deps: Pick<ActivityDeps, 'gitops'>, cluster: ClusterInput): GitopsProvider {
  const provider = cluster.gitops === null ? null : findProvider(deps.gitops, cluster.gitops.type);
  if (provider !== null) return provider;
  const found = cluster.gitops?.type ?? 'none';
  throw new Failure('document-invalid', [{ object: `cluster ${cluster.key}`, expected: 'a known gitOpsType', found }]);
}

/** Rows whose cluster has no document any more can't be acted on; they are left out. */
export function toViews(view: GroupView, contents: Contents): readonly TargetView[] {
  return view.rows.flatMap((row) => {
    const cluster = view.clusters.get(row.cluster);
    if (cluster === undefined) return [];
    const bundle = row.bundle === null ? null : (view.bundles.get(row.bundle) ?? null);
    const previous = row.previousBundle === null ? null : (view.bundles.get(row.previousBundle) ?? null);
    const newCrds = bundle !== null && bundle.trees.crds !== null && bundle.trees.crds !== previous?.trees.crds;
    return [
      {
        row,
        delivery: cluster.gitops === null ? ('kubernetes' as const) : ('git' as const),
        reachable: cluster.reachable,
        observation: contents.observed(row, row.app),
        crdsObservation: contents.observed(row, `${row.app}/crds`),
        content: contents.content(row, 'main'),
        crdsContent: contents.content(row, 'crds'),
        bringsCrds: newCrds,
        expectedObjects: bundle?.identities.length ?? 0,
        hookCount: bundle?.hooks.length ?? 0,
        hook: toHookView(view, row, contents),
        ...contents.demands?.(row),
        attempted: contents.attempted?.(row) ?? 'unknown',
      },
    ];
  });
}

function toHookView(view: GroupView, row: TargetRow, contents: Contents): HookView | null {
  const { hook: progress } = row;
  if (progress === null) return null;
  const { occasion, content } = progress;
  const address = occasion === 'delete' ? row.previousBundle : row.bundle;
  const record = address === null ? undefined : view.bundles.get(address);
  return {
    ...toHooksOf(record, progress),
    progress,
    observation: contents.observed(row, `${row.app}/hooks`),
    content: contents.content(row, 'hooks'),
    keeps: content !== null && view.hookRuns.get(content)?.keeps === true,
  };
}

export interface Contents {
  /** What a level 1 cloud asks of the target. */
  demands?(row: TargetRow): Pick<TargetView, 'waitsFor' | 'renewal' | 'tenant'>;
  /** As `content`, of the commit that the agent tried last. */
  attempted?(row: TargetRow): TargetView['content'];
  observed(row: TargetRow, app: string): Observation | null;
  content(row: TargetRow, part: 'main' | 'crds' | 'hooks'): TargetView['content'];
}
