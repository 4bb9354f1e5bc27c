/** The durable workflow of one deployment intent group, from its approval to its deletion. */
import { allHandlersFinished, CancellationScope, condition, continueAsNew } from '@temporalio/workflow';
import { groupSteps } from './activities.ts';
import { Desk } from './group/desk.ts';
import { nextId } from './group/ids.ts';
import { lookAround } from './group/roll-out.ts';
import { goOn, serve } from './group/serve.ts';
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
  if (desk.rollingOut && desk.context !== null) await goOn(desk, desk.context);
  const hasWork = (): boolean => desk.hasRequest || desk.hasRefusals || desk.deleted || desk.isLong || desk.hasNews;
  let first = true;
  for (;;) {
    const timedOut = !first && !(await waitFor(hasWork, desk.lookAgainMs));
    for (const refusal of desk.takeRefusals()) await groupSteps.recordRefusal({ group: input.group, ...refusal });
    await serveMinorRequests(desk, input.group);
    const request = desk.takeRequest();
    if (request !== null) await serve(desk, input.group, request);
    if (desk.deleted && !desk.hasRequest) return;
    if (desk.isLong && !desk.hasRefusals) await startAnew(desk, input);
    const looks = request === null && (first || timedOut || desk.hasNews);
    if (looks && desk.context !== null) await lookAround(desk, desk.context);
    first = false;
  }
}

/** True when it came to hold, false when the time was over. */
async function waitFor(holds: () => boolean, timeoutMs: number | null): Promise<boolean> {
  if (timeoutMs !== null) return condition(holds, timeoutMs);
  await condition(holds);
  return true;
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
