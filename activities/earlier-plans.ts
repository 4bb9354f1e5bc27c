/** Operations that take a plan that exists: rollback takes an earlier one, terminate takes none. */
import { Failure } from '#domain/failure.ts';
import type { Plan, PlanSummary } from '#domain/plan.ts';
import type { GroupSteps, OperationContext } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { freeze } from './freeze-plan.ts';
import { loadJson } from './json-blobs.ts';

type RollbackInput = Parameters<GroupSteps['takeRevisionAgain']>[0];

/** Nothing is rendered anew, so it cannot fail for a reason that the first time did not have. */
export async function takeRevisionAgain(deps: ActivityDeps, input: RollbackInput): Promise<PlanSummary> {
  const { group, toRevision } = input;
  const earlier = await deps.store.groups.findRevision(group, toRevision);
  if (earlier === null) {
    const found = (await deps.store.groups.listRevisions(group)).map((r) => r.revision).join(', ');
    throw new Failure('revision-not-found', [
      { object: `group ${group}`, expected: `revision ${toRevision}`, found: found === '' ? 'none' : found },
    ]);
  }
  const { digest, waves, apps, clusters, targets, bundles, objects } = earlier;
  const summary: PlanSummary = { digest, waves, apps, clusters, targets, bundles, objects };
  const content = await loadJson<Plan>(deps.store.blobs, digest);
  await freeze(deps, input, { digest, summary, content, rolledBackTo: toRevision });
  await deps.messenger.watch(content.clusters.filter((c) => c.reachable).map((c) => c.cluster));
  return summary;
}

export async function planRemoval(
  deps: ActivityDeps,
  context: OperationContext,
): ReturnType<GroupSteps['planRemoval']> {
  await freeze(deps, context, null);
  return { targets: (await deps.store.plans.targets(context.group)).length };
}
