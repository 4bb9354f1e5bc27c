/** Serves one operation from its acceptance to its end; a newer one may take its place. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import { type GroupKey, isCloudKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import type { Acceptance, OperationContext } from '#domain/steps.ts';
import { groupSteps } from '#workflows/activities.ts';
import type { QueuedRequest } from '#workflows/messages.ts';
import type { Desk } from './desk.ts';
import { makePlan, migrate } from './make-plan.ts';
import { planCloud } from './plan-cloud.ts';
import { labelState, present } from './present.ts';
import { type RolledOut, rollOut } from './roll-out.ts';

const pushPatienceMs = 15_000;

type Accepted = Extract<Acceptance, { readonly accepted: true }>;
type End = RolledOut | { readonly state: 'superseded'; readonly message: string };

export async function serve(desk: Desk, group: GroupKey, queued: QueuedRequest): Promise<void> {
  const accepted = await accept(desk, group, queued);
  if (accepted === null) present(desk, 'watching', desk.summary);
  else await serveInTurn(desk, accepted);
}

/** Goes on with the operation that was rolling out when the last run ended. */
export async function goOn(desk: Desk, context: OperationContext): Promise<void> {
  const next = await runToEnd(desk, context, () => rollOut(desk, context));
  if (next !== null) await serveInTurn(desk, next);
}

async function serveInTurn(desk: Desk, first: Accepted): Promise<void> {
  let next: Accepted | null = first;
  while (next !== null) {
    const accepted: Accepted = next;
    const { context } = accepted;
    desk.context = context;
    desk.noteRevision(context.revision);
    desk.tick = Math.max(desk.tick, accepted.firstTick);
    desk.paused = accepted.paused;
    desk.stopped = accepted.stopped;
    labelState(context, toRunningState(context));
    next = await runToEnd(desk, context, () => perform(desk, accepted));
  }
}

/** Null when the store refuses it: then whatever runs goes on. */
async function accept(desk: Desk, group: GroupKey, { request }: QueuedRequest): Promise<Accepted | null> {
  const name = `${request.kind} ${request.operationId}`;
  try {
    const options = { summary: request.kind };
    const acceptance = await groupSteps.acceptOperation.executeWithOptions(options, [{ group, request }]);
    if (acceptance.accepted) return acceptance;
    desk.noteRefused(`${name} is ${acceptance.state}: ${acceptance.message}`);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    desk.noteRefused(`${name}: ${rootCause(error) ?? error.message}`);
  }
  return null;
}

/**
 * Runs the work to its end, or until a newer operation is accepted and takes its place, which it then gives. The
 * acceptance has raised the fence by then, and the effects of the work have ended before this returns.
 */
async function runToEnd(desk: Desk, context: OperationContext, work: () => Promise<End>): Promise<Accepted | null> {
  const scope = new CancellationScope();
  const ended: { end: End | null } = { end: null };
  const running = scope
    .run(work)
    .catch(toEnd)
    .then((end) => void (ended.end = end));
  let next: Accepted | null = null;
  while (ended.end === null && next === null) {
    await Promise.race([running, condition(() => desk.hasSuperseding)]);
    const queued = ended.end === null ? desk.takeSuperseding() : null;
    if (queued !== null) next = await accept(desk, context.group, queued);
  }
  if (next !== null) scope.cancel();
  await running;
  // A push under way was begun before the fence was raised; one that is tried again later is fenced.
  if (next !== null && !desk.isAnswered) await condition(() => desk.isAnswered, pushPatienceMs);
  await finish(desk, context, { end: ended.end ?? superseded, isReplaced: next !== null });
  return next;
}

const superseded = { state: 'superseded', message: 'A newer operation took its place.' } as const;

async function finish(
  desk: Desk,
  context: OperationContext,
  { end, isReplaced }: { end: End; isReplaced: boolean },
): Promise<void> {
  if (end.state === 'unfinished' && !isReplaced) return;
  const state = end.state === 'unfinished' ? superseded.state : end.state;
  const message = end.state === 'unfinished' ? superseded.message : end.message;
  desk.rollingOut = false;
  await groupSteps.endOperation.executeWithOptions({ summary: state }, [{ ...context, state, message }]);
  labelState(context, state === 'done' ? toEndState(context) : state);
  present(desk, 'watching', message);
}

function toEnd(error: unknown): End {
  if (isCancellation(error)) return superseded;
  // Only a controller of one's own fails this way.
  if (error instanceof ApplicationFailure) return { state: 'failed', message: error.message };
  if (!(error instanceof ActivityFailure)) throw error;
  if (error.cause instanceof ApplicationFailure && error.cause.type === 'operation-superseded') return superseded;
  return { state: 'failed', message: rootCause(error) ?? error.message };
}

async function perform(desk: Desk, { context, toRevision, migrateTo }: Accepted): Promise<End> {
  switch (context.kind) {
    case 'instantiate':
    case 'update':
      desk.noteFrozen(await (isCloudKey(context.group) ? planCloud : makePlan)(desk, context), context);
      break;
    case 'rollback':
      present(desk, `taking revision ${toRevision ?? 0} again`);
      desk.noteFrozen(await groupSteps.takeRevisionAgain({ ...context, toRevision: toRevision ?? 0 }), context);
      break;
    case 'terminate':
      await groupSteps.planRemoval(context);
      break;
    case 'stop':
      return { state: 'done', message: 'Stopped; what was written stays as it is.' };
    case 'migrate':
      // The same operation in two groups: the one that makes a revision is the target.
      if (context.revision === 0) return handOver(desk, context, migrateTo);
      present(desk, 'taking over');
      desk.noteFrozen(await groupSteps.takeOver(context), context);
      break;
    case 'pause':
    case 'resume':
      // Served beside the running operation.
      return { state: 'done', message: '' };
  }
  desk.rollingOut = true;
  return rollOut(desk, context);
}

async function handOver(desk: Desk, context: OperationContext, migrateTo: Accepted['migrateTo']): Promise<End> {
  const to = toGroupKey({ ...toGroupRef(context.group), ...migrateTo });
  const revision = await migrate(desk, context, to);
  desk.forgetPlans();
  return { state: 'done', message: `Handed over to ${to} as its revision ${revision}.` };
}

function toRunningState(context: OperationContext): string {
  if (context.kind === 'migrate' && context.revision === 0) return 'Migrating';
  if (context.kind === 'terminate') return 'Terminating';
  return context.kind === 'stop' ? 'Stopping' : 'Instantiating';
}

function toEndState(context: OperationContext): string {
  if (context.kind === 'migrate' && context.revision === 0) return 'Updated';
  if (context.kind === 'terminate') return 'Terminated';
  return context.kind === 'stop' ? 'Stopped' : 'Instantiated';
}
