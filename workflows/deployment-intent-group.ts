/** The durable workflow of one deployment intent group, from its approval to its deletion. */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  rootCause,
} from '@temporalio/workflow';
import type { GroupKey } from '#domain/group.ts';
import { groupSteps } from './activities.ts';
import { Desk } from './group/desk.ts';
import { nextId } from './group/ids.ts';
import { present } from './group/present.ts';
import { lookAround } from './group/roll-out.ts';
import { goOn, serve } from './group/serve.ts';
import { serveMinorRequests } from './group/serve-minor.ts';
import type { GroupWorkflowInput } from './messages.ts';

const afterFailureMs = 300_000;

export async function deploymentIntentGroup(input: GroupWorkflowInput): Promise<void> {
  const desk = new Desk(input);
  desk.listen();
  stopWhenCancelled(desk);
  await CancellationScope.nonCancellable(() => live(desk, input));
}

async function live(desk: Desk, input: GroupWorkflowInput): Promise<void> {
  if (input.carried === undefined) desk.recall(await groupSteps.recallGroup({ group: input.group }));
  const hasWork = (): boolean => desk.hasRequest || desk.hasRefusals || desk.deleted || desk.isLong || desk.hasNews;
  let first = true;
  for (;;) {
    const timedOut = !first && !(await waitFor(hasWork, desk.lookAgainMs));
    await survive(desk, () => serveAll(desk, input, first || timedOut));
    if (desk.deleted && !desk.hasRequest && (await isGone(desk, input))) return;
    if (desk.isLong) await startAnew(desk, input);
    first = false;
  }
}

/** Everything that waits; without a request, a look at what was observed. */
async function serveAll(desk: Desk, { group }: GroupWorkflowInput, isTimeToLook: boolean): Promise<void> {
  await recordRefusals(desk, group);
  await serveMinorRequests(desk, group);
  if (desk.rollingOut && desk.context !== null) return goOn(desk, desk.context);
  const request = desk.takeSuperseding();
  if (request !== null) await serve(desk, group, request);
  else if (desk.context !== null && (isTimeToLook || desk.hasNews)) await lookAround(desk, desk.context);
}

/** A flood of them must not keep the run from starting anew. */
async function recordRefusals(desk: Desk, group: GroupKey): Promise<void> {
  for (let refusal = desk.takeRefusal(); refusal !== null; refusal = desk.isLong ? null : desk.takeRefusal()) {
    await groupSteps.recordRefusal({ group, ...refusal });
  }
}

/** A step that can't succeed must not end the group: what was asked is recorded, and it looks again later. */
async function survive(desk: Desk, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    present(desk, 'waiting after a failed step', rootCause(error) ?? error.message);
    desk.lookAgainMs = afterFailureMs;
    desk.judged = { commits: desk.commits, observations: desk.observations };
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

/** Anybody may send the signal `deleted`; the store knows. */
async function isGone(desk: Desk, { group }: GroupWorkflowInput): Promise<boolean> {
  desk.deleted = false;
  const { exists } = await groupSteps.recallGroup({ group });
  if (exists) desk.noteRefused('signal deleted: expected no document of the group, found one');
  return !exists;
}

async function startAnew(desk: Desk, input: GroupWorkflowInput): Promise<void> {
  await condition(allHandlersFinished);
  if (desk.deleted) return;
  await continueAsNew<typeof deploymentIntentGroup>({ group: input.group, carried: desk.toCarried() });
}
