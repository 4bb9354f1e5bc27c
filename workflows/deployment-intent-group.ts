/** The durable workflow of one deployment intent group, from its approval to its deletion. */
import { allHandlersFinished, CancellationScope, condition, continueAsNew } from '@temporalio/workflow';
import { groupSteps } from './activities.ts';
import { Desk } from './group/desk.ts';
import { nextId } from './group/ids.ts';
import { lookAround } from './group/roll-out.ts';
import { serve } from './group/serve.ts';
import { serveMinorRequests } from './group/serve-minor.ts';
import type { GroupWorkflowInput } from './messages.ts';

export async function deploymentIntentGroup(input: GroupWorkflowInput): Promise<void> {
  const desk = new Desk(input);
  desk.listen();
  stopWhenCancelled(desk);
  await CancellationScope.nonCancellable(() => live(desk, input));
}

async function live(desk: Desk, input: GroupWorkflowInput): Promise<void> {
  if (input.carried === undefined) desk.recall(await groupSteps.recallGroup({ group: input.group }));
  let lookAgainMs: number | null = null;
  let seen = { commits: desk.commits, observations: desk.observations };
  const isNews = (): boolean => desk.commits !== seen.commits || desk.observations !== seen.observations;
  for (;;) {
    const hasWork = (): boolean => desk.hasRequest || desk.hasRefusals || desk.deleted || isNews();
    if (lookAgainMs === null) await condition(hasWork);
    else await condition(hasWork, lookAgainMs);
    for (const refusal of desk.takeRefusals()) await groupSteps.recordRefusal({ group: input.group, ...refusal });
    await serveMinorRequests(desk, input.group);
    const request = desk.takeRequest();
    if (request !== null) await serve(desk, input.group, request);
    if (desk.deleted && !desk.hasRequest) return;
    if (desk.isLong && !desk.hasRefusals) await startAnew(desk, input);
    if (desk.context === null || desk.hasRequest) continue;
    seen = { commits: desk.commits, observations: desk.observations };
    lookAgainMs = (await lookAround(desk, desk.context)).lookAgainMs;
  }
}

/** Cancel from the Temporal UI means `stop`: the group lives on. */
function stopWhenCancelled(desk: Desk): void {
  CancellationScope.current().cancelRequested.catch(() => {
    const request = { kind: 'stop', toRevision: null, migrateTo: null, requestedBy: 'workflow cancellation' } as const;
    desk.enqueue({ request: { ...request, operationId: nextId() }, recordedRevision: null });
  });
}

async function startAnew(desk: Desk, input: GroupWorkflowInput): Promise<void> {
  await condition(allHandlersFinished);
  await continueAsNew<typeof deploymentIntentGroup>({ group: input.group, carried: desk.toCarried() });
}
