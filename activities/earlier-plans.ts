/** Operations that take a plan that exists: rollback takes an earlier one, terminate takes none. */
import { Failure } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { Plan, PlanSummary } from '#domain/plan.ts';
import type { RevisionRecord } from '#domain/ports/groups.ts';
import type { GroupSteps, OperationContext } from '#domain/steps.ts';
import { refuseWhileUsed } from './cloud-users.ts';
import { refuseSharedCrds } from './delete-crds.ts';
import type { ActivityDeps } from './deps.ts';
import { freeze, watchClustersOf } from './freeze-plan.ts';
import { loadJson } from './json-blobs.ts';

type RollbackInput = Parameters<GroupSteps['takeRevisionAgain']>[0];

/** Nothing is rendered anew, so it cannot fail for a reason that the first time did not have. */
export async function takeRevisionAgain(deps: ActivityDeps, input: RollbackInput): Promise<PlanSummary> {
  const { group, toRevision } = input;
  const earlier = await loadRevision(deps, group, toRevision);
  const summary = toPlanSummary(earlier);
  const { digest } = earlier;
  const content = await loadJson<Plan>(deps.store.blobs, digest);
  await freeze(deps, input, { digest, summary, content, rolledBackTo: toRevision });
  await watchClustersOf(deps, content);
  return summary;
}

export async function loadRevision(deps: ActivityDeps, group: GroupKey, revision: number): Promise<RevisionRecord> {
  const record = await deps.store.groups.findRevision(group, revision);
  if (record !== null) return record;
  const found = (await deps.store.groups.listRevisions(group)).map((r) => r.revision).join(', ');
  throw new Failure('revision-not-found', [
    { object: `group ${group}`, expected: `revision ${revision}`, found: found === '' ? 'none' : found },
  ]);
}

export function toPlanSummary(record: RevisionRecord): PlanSummary {
  const { digest, waves, apps, clusters, targets, bundles, objects } = record;
  return { digest, waves, apps, clusters, targets, bundles, objects };
}

export async function planRemoval(
  deps: ActivityDeps,
  context: OperationContext,
): ReturnType<GroupSteps['planRemoval']> {
  await refuseWhileUsed(deps, context.group);
  const record = await deps.store.groups.findOperation(context.group, context.operationId);
  if (record?.removal?.deleteCrds === true) await refuseSharedCrds(deps, context.group);
  await freeze(deps, context, null);
  return { targets: (await deps.store.plans.targets(context.group)).length };
}
