/** The stages of a group with controllers of its own: each one is asked in its turn. */
import type { ControllerCall } from '#domain/controllers.ts';
import type { LookUps } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { PlanningStep } from '#domain/steps.ts';
import { groupSteps } from '#workflows/activities.ts';
import { callController, type OwnCall } from './call-controller.ts';
import type { Desk } from './desk.ts';
import { present } from './present.ts';

/** Whom to ask, and which exchanges there were: the plan names them. */
export interface Asking {
  readonly desk: Desk;
  readonly planning: PlanningStep;
  readonly calls: readonly ControllerCall[];
  readonly exchanges: string[];
}

type Placed = Awaited<ReturnType<typeof groupSteps.placeApps>>;

export async function placeWithControllers(asking: Asking): Promise<Placed> {
  const { planning } = asking;
  let { candidates } = await groupSteps.findCandidates(planning);
  for (const call of asking.calls) if (isOwn(call)) candidates = await ask(asking, call, candidates);
  return groupSteps.placeApps({ ...planning, candidates });
}

type Made = Pick<Placed, 'placement'> & { readonly rendered: BlobAddress; readonly lookUps: LookUps | null };

export async function customiseWithControllers(asking: Asking, made: Made): Promise<{ readonly bundles: BlobAddress }> {
  const { planning } = asking;
  const { placement, rendered, lookUps } = made;
  let { manifests } = await groupSteps.gatherManifests({ ...planning, placement, rendered });
  for (const call of asking.calls) {
    if (isOwn(call)) manifests = await ask(asking, call, manifests);
    else ({ manifests } = await groupSteps.changeByIntents({ ...planning, manifests, lookUps }));
  }
  return groupSteps.bundleManifests({ ...planning, rendered, manifests });
}

const isOwn = (call: ControllerCall): call is OwnCall => call.taskQueue !== null;

async function ask({ desk, planning, exchanges }: Asking, call: OwnCall, value: BlobAddress): Promise<BlobAddress> {
  present(desk, `asking controller ${call.controller} to ${call.activity}`);
  const summary = call.controller;
  const step = { ...planning, call, value };
  const { exchange, input } = await groupSteps.offerExchange.executeWithOptions({ summary }, [step]);
  const digest = await callController(call, input);
  exchanges.push(exchange);
  return (await groupSteps.takeResult.executeWithOptions({ summary }, [{ ...step, exchange, digest }])).value;
}
