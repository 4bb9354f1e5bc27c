/** A logical cloud's own plan: there is nothing to place, to render or to customise. */
import type { PlanSummary } from '#domain/plan.ts';
import type { OperationContext } from '#domain/steps.ts';
import { groupSteps } from '#workflows/activities.ts';
import type { Desk } from './desk.ts';
import { present } from './present.ts';

export async function planCloud(desk: Desk, context: OperationContext): Promise<PlanSummary> {
  present(desk, "making the cloud's objects");
  return groupSteps.planCloud.executeWithOptions({ summary: `revision ${context.revision}` }, [context]);
}
