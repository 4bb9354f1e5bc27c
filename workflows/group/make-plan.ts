/** From documents to a frozen plan: the one-way flow, one activity a stage. */
import type { GroupKey } from '#domain/group.ts';
import type { LookUps, PlanSummary } from '#domain/plan.ts';
import type { FreezingStep, GroupSteps, OperationContext } from '#domain/steps.ts';
import { groupSteps, lookUpSteps, renderSteps } from '#workflows/activities.ts';
import { customiseWithControllers, placeWithControllers } from './ask-controllers.ts';
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
  const { inputs, apps, lookUpApps, controllers = [] } = await groupSteps.readIntents({ ...context, documentsOf });
  const planning = { ...context, inputs };
  const exchanges: string[] = [];
  const asking = { desk, planning, exchanges };
  const placing = { ...asking, calls: controllers.filter(({ activity }) => activity === 'place') };
  const customising = { ...asking, calls: controllers.filter(({ activity }) => activity === 'customise') };
  present(desk, 'placing the apps');
  const { placement, targets } =
    placing.calls.length > 0
      ? await placeWithControllers(placing)
      : await groupSteps.placeApps.executeWithOptions({ summary: `${apps} apps` }, [planning]);
  const lookUps = lookUpApps > 0 ? await resolveLookUps(desk, { ...planning, placement }) : null;
  present(desk, 'rendering the charts');
  const { rendered } = await renderSteps.renderCharts.executeWithOptions({ summary: `${apps} charts` }, [planning]);
  present(desk, 'customising the manifests');
  const { bundles } =
    customising.calls.length > 0
      ? await customiseWithControllers(customising, { placement, rendered, lookUps })
      : await groupSteps.customiseManifests.executeWithOptions({ summary: `${targets} targets` }, [
          { ...planning, placement, rendered, lookUps },
        ]);
  return { ...planning, placement, rendered, bundles, lookUps, ...(exchanges.length === 0 ? {} : { exchanges }) };
}

function resolveLookUps(desk: Desk, input: Parameters<GroupSteps['resolveLookUps']>[0]): Promise<LookUps> {
  present(desk, 'resolving the look-ups');
  return lookUpSteps.resolveLookUps(input);
}
