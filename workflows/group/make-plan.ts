/** From documents to a frozen plan: the one-way flow, one activity a stage. */
import type { GroupKey } from '#domain/group.ts';
import type { PlanSummary } from '#domain/plan.ts';
import type { FreezingStep, OperationContext } from '#domain/steps.ts';
import { groupSteps, renderSteps } from '#workflows/activities.ts';
import type { Desk } from './desk.ts';
import { present } from './present.ts';

export async function makePlan(desk: Desk, context: OperationContext): Promise<PlanSummary> {
  const made = await prepare(desk, context, context.group);
  present(desk, 'freezing the plan');
  return groupSteps.freezePlan.executeWithOptions({ summary: `revision ${context.revision}` }, [made]);
}

/** Makes the plan of another group, which then owns what this one runs; gives the revision that it makes there. */
export async function migrate(desk: Desk, context: OperationContext, to: GroupKey): Promise<number> {
  const made = await prepare(desk, context, to);
  present(desk, 'handing over');
  const { revision } = await groupSteps.handOver.executeWithOptions({ summary: `to ${to}` }, [{ ...made, to }]);
  return revision;
}

async function prepare(desk: Desk, context: OperationContext, documentsOf: GroupKey): Promise<FreezingStep> {
  present(desk, 'reading the documents');
  const { inputs, apps } = await groupSteps.readIntents({ ...context, documentsOf });
  const planning = { ...context, inputs };
  present(desk, 'placing the apps');
  const { placement, targets } = await groupSteps.placeApps.executeWithOptions({ summary: `${apps} apps` }, [planning]);
  present(desk, 'rendering the charts');
  const { rendered } = await renderSteps.renderCharts.executeWithOptions({ summary: `${apps} charts` }, [planning]);
  present(desk, 'customising the manifests');
  const { bundles } = await groupSteps.customiseManifests.executeWithOptions({ summary: `${targets} targets` }, [
    { ...planning, placement, rendered },
  ]);
  return { ...planning, placement, rendered, bundles };
}
