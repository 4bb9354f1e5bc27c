/** Hands the change sets of a step to the writers of their repositories. */
import type { ClusterKey } from '#domain/group.ts';
import type { ClusterInput } from '#domain/inputs.ts';
import type { StepTarget } from '#domain/judge.ts';
import { toKeptMessage } from '#domain/judge-phases.ts';
import { toGroupWorkflowId } from '#domain/names.ts';
import { toGroupRef } from '#domain/group.ts';
import { isHookOnly } from '#domain/judge-hooks.ts';
import type { ChangeSet, TargetMove } from '#domain/plan.ts';
import type { TargetChange } from '#domain/ports/plans.ts';
import type { GroupSteps, StepInput } from '#domain/steps.ts';
import { toChangeFiles, toChangeFolders, toRowKey } from './change-set-content.ts';
import { toCredentialsKey } from './compare-contents.ts';
import type { ActivityDeps } from './deps.ts';
import { type GroupView, loadGroupView, refuseWhenSuperseded } from './group-view.ts';
import { type HookWork, makeHookWorks } from './hook-runs.ts';
import type { StepContent } from './judge-progress.ts';
import { loadJson, saveJson } from './json-blobs.ts';

export async function commitManifests(deps: ActivityDeps, input: StepInput): ReturnType<GroupSteps['commitManifests']> {
  await refuseWhenSuperseded(deps, input.context);
  const known = deps.viewed.recall(input.context.group);
  const view = known?.key === input.step ? known.value : await loadGroupView(deps, input.context.group);
  const { targets } = await loadJson<StepContent>(deps.store.blobs, input.step);
  const git = targets.filter((target) => target.delivery === 'git' && view.clusters.has(target.cluster));
  const byRepository = Map.groupBy(git, (target) => toRepositoryName(view.clusters.get(target.cluster)));
  const hooks = await findHookWorks(deps, view, git);
  for (const own of byRepository.values()) await handOver(deps, input, { view, targets: own, hooks });
  await deps.store.groups.step(input.context.group, input.context.operationId, `wave ${input.wave} handed to Git`);
  return { changeSets: byRepository.size };
}

/** Work on hooks by target; empty where no target has any. */
async function findHookWorks(
  deps: ActivityDeps,
  view: GroupView,
  targets: readonly StepTarget[],
): Promise<ReadonlyMap<string, HookWork>> {
  const find = makeHookWorks(deps);
  const rows = new Map(view.rows.map((row) => [toRowKey(row), row]));
  const works = new Map<string, HookWork>();
  for (const target of targets.filter((one) => one.hook !== undefined)) {
    const row = rows.get(toRowKey(target));
    const work = row === undefined ? null : await find(target, row);
    if (work !== null) works.set(toRowKey(target), work);
  }
  return works;
}

const toRepositoryName = (cluster: ClusterInput | undefined): string =>
  `${cluster?.gitops?.url ?? ''}#${cluster?.gitops?.branch ?? ''}`;

interface Change {
  readonly view: GroupView;
  readonly targets: readonly StepTarget[];
  readonly hooks: ReadonlyMap<string, HookWork>;
}

async function handOver(deps: ActivityDeps, input: StepInput, change: Change): Promise<void> {
  const { view, targets, hooks } = change;
  const { context, tick } = input;
  const first = view.clusters.get(targets[0]?.cluster ?? ('' as ClusterKey));
  if (first?.gitops === undefined || first.gitops === null) return;
  const { plans, blobs } = deps.store;
  const deserted = await findDeserted(deps, change);
  const digest = await saveJson(blobs, toChangeSet(deps, input, { ...change, deserted }));
  await plans.saveChangeSet(digest, context.group, context.operation);
  const kept = new Map(view.rows.map((row) => [toRowKey(row), toKeptMessage(row)]));
  const handed = targets.map((target): TargetChange => {
    const { app, cluster } = target;
    const hook = hooks.get(toRowKey(target))?.changes.handed;
    const message = kept.get(toRowKey(target)) ?? '';
    return {
      app,
      cluster,
      phase: isHookOnly(target.hook) ? null : 'Handed',
      message,
      ...(hook === undefined ? {} : { hook }),
    };
  });
  await plans.moveTargets(context.group, context.operation, handed);
  const { url, branch } = first.gitops;
  const credentials = toCredentialsKey(first);
  await deps.messenger.handOver(
    { url, branch, credentials },
    {
      digest,
      group: context.group,
      gid: view.gid,
      operation: context.operation,
      tick,
      credentials,
      workflowId: toGroupWorkflowId(toGroupRef(context.group), deps.sha256),
    },
  );
}

/** Clusters of the step on which neither this group nor another one keeps anything. */
async function findDeserted(
  deps: ActivityDeps,
  { view, targets }: Pick<Change, 'view' | 'targets'>,
): Promise<ReadonlySet<ClusterKey>> {
  const leaving = new Set(targets.filter((t) => t.phase === 'Removed').map((t) => `${t.cluster} ${t.app}`));
  const rowsOf = Map.groupBy(view.rows, (row) => row.cluster);
  const empty = [...new Set(targets.map((t) => t.cluster))].filter((cluster) =>
    (rowsOf.get(cluster) ?? []).every((row) => row.phase === 'Removed' || leaving.has(`${cluster} ${row.app}`)),
  );
  const others = await Promise.all(empty.map((cluster) => deps.store.plans.groupsOn(cluster)));
  return new Set(empty.filter((_, at) => others[at]?.every(({ group }) => group === view.group) === true));
}

type FullChange = Change & { readonly deserted: ReadonlySet<ClusterKey> };

function toChangeSet(
  deps: ActivityDeps,
  { context, tick, wave }: StepInput,
  { view, targets, hooks, deserted }: FullChange,
): ChangeSet {
  const gitops = view.clusters.get(targets[0]?.cluster ?? ('' as ClusterKey))?.gitops;
  const { group, operationId, operation, revision } = context;
  return {
    group,
    gid: view.gid,
    operationId,
    operation,
    tick,
    revision,
    wave,
    plan: view.planDigest,
    url: gitops?.url ?? '',
    branch: gitops?.branch ?? '',
    subject: toSubject(context, wave, targets),
    folders: toChangeFolders(deps, view, { targets, hooks }),
    files: toChangeFiles(deps, view, { targets, deserted }),
    moves: toMoves(targets, hooks),
  };
}

function toSubject(
  { group, kind, revision }: StepInput['context'],
  wave: number,
  targets: readonly StepTarget[],
): string {
  const name = toGroupRef(group).group;
  const leaving = targets.every((t) => t.phase === 'Removing' || t.phase === 'Removed');
  const hooks = targets.every((t) => isHookOnly(t.hook));
  const what = hooks ? `hooks of ${kind}` : leaving ? 'remove' : kind;
  const tail = revision > 0 ? `revision ${revision} wave ${wave}` : `wave ${wave}`;
  const head = `emco: ${what} ${name}`;
  return `${head.slice(0, 72 - tail.length - 1)} ${tail}`;
}

function toMoves(targets: readonly StepTarget[], hooks: Change['hooks']): readonly TargetMove[] {
  const hookOf = (target: StepTarget): TargetMove['hook'] => {
    const changes = hooks.get(toRowKey(target))?.changes;
    if (changes === undefined) return undefined;
    const { done, refused } = changes;
    const kinds = { ...(done === undefined ? {} : { done }), ...(refused === undefined ? {} : { refused }) };
    return { isOnly: isHookOnly(target.hook), ...kinds };
  };
  const groups = Map.groupBy(targets, (target) => `${target.app}\n${target.phase}\n${JSON.stringify(hookOf(target))}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const hook = hookOf(first);
    const move = { app: first.app, phase: first.phase, clusters: same.map((t) => t.cluster) };
    return [hook === undefined ? move : { ...move, hook }];
  });
}
