/** The two halves of a migration: the source gives what it runs away in one transaction, the target goes on with it. */
import { checkTenant } from '#domain/check-tenant.ts';
import { orThrow } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { Plan, PlanSummary } from '#domain/plan.ts';
import type { GroupSteps, OperationContext } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { loadRevision, toPlanSummary } from './earlier-plans.ts';
import { makeCheckedPlan, watchClustersOf } from './freeze-plan.ts';
import { loadJson } from './json-blobs.ts';

type HandOverInput = Parameters<GroupSteps['handOver']>[0];

/** The target's workflow hears of it here; when that is lost, the reconciler finds the operation that waits. */
export async function handOver(deps: ActivityDeps, input: HandOverInput): ReturnType<GroupSteps['handOver']> {
  const { group, operationId, operation, to } = input;
  const { digest, summary, content } = await makeCheckedPlan(deps, input);
  const held = await loadNewestPlan(deps, group);
  if (held !== null) orThrow(checkTenant(held, content));
  const record = await deps.store.groups.findOperation(group, operationId);
  const { revision } = await deps.store.plans.handOver({
    group,
    operationId,
    operation,
    instance: record?.instance ?? '',
    to,
    plan: { digest, summary, content },
  });
  await watchClustersOf(deps, content);
  await deps.messenger.migrated(to, { operationId, revision });
  return { revision };
}

export async function takeOver(deps: ActivityDeps, context: OperationContext): Promise<PlanSummary> {
  const { group, operationId, revision } = context;
  const record = await loadRevision(deps, group, revision);
  await deps.store.groups.step(group, operationId, 'taken over');
  return toPlanSummary(record);
}

/** None where the hand-over happened before, and its answer was lost. */
async function loadNewestPlan({ store }: ActivityDeps, group: GroupKey): Promise<Plan | null> {
  const [newest] = (await store.groups.listRevisions(group)).toSorted((a, b) => b.revision - a.revision);
  return newest === undefined ? null : loadJson<Plan>(store.blobs, newest.digest);
}
