/** From documents to a frozen plan: the one-way flow, one activity a stage. */
import type { PlanSummary } from '#domain/plan.ts';
import type { OperationContext } from '#domain/steps.ts';
import { groupSteps, renderSteps } from '#workflows/activities.ts';
import type { Desk } from './desk.ts';
import { present } from './present.ts';

export async function makePlan(desk: Desk, context: OperationContext): Promise<PlanSummary> {
  present(desk, 'reading the documents');
  const { inputs, apps } = await groupSteps.readIntents(context);
  const planning = { ...context, inputs };
  present(desk, 'placing the apps');
  const { placement, targets } = await groupSteps.placeApps.executeWithOptions({ summary: `${apps} apps` }, [planning]);
  present(desk, 'rendering the charts');
  const { rendered } = await renderSteps.renderCharts.executeWithOptions({ summary: `${apps} charts` }, [planning]);
  present(desk, 'customising the manifests');
  const { bundles } = await groupSteps.customiseManifests.executeWithOptions({ summary: `${targets} targets` }, [
    { ...planning, placement, rendered },
  ]);
  present(desk, 'freezing the plan');
  return groupSteps.freezePlan.executeWithOptions({ summary: `revision ${context.revision}` }, [
    { ...planning, placement, rendered, bundles },
  ]);
}
