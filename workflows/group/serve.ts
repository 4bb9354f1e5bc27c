/** Serves one operation from its acceptance to its end; a newer one may take its place. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import type { GroupKey } from '#domain/group.ts';
import type { OperationContext } from '#domain/steps.ts';
import { groupSteps } from '#workflows/activities.ts';
import type { QueuedRequest } from '#workflows/messages.ts';
import type { Desk } from './desk.ts';
import { makePlan } from './make-plan.ts';
import { labelState, present } from './present.ts';
import { type RolledOut, rollOut } from './roll-out.ts';

export async function serve(desk: Desk, group: GroupKey, { request }: QueuedRequest): Promise<void> {
  const acceptance = await groupSteps.acceptOperation.executeWithOptions({ summary: request.kind }, [
    { group, request },
  ]);
  if (!acceptance.accepted) {
    present(desk, 'watching', acceptance.message);
    return;
  }
  const { context } = acceptance;
  desk.context = context;
  desk.noteRevision(context.revision);
  desk.tick = Math.max(desk.tick, acceptance.firstTick);
  desk.stopped = context.kind === 'stop';
  labelState(context, toRunningState(context));
  await finish(desk, context, await race(desk, () => perform(desk, context, acceptance.toRevision)));
}

/** Goes on with the operation that was rolling out when the last run ended. */
export async function goOn(desk: Desk, context: OperationContext): Promise<void> {
  await finish(desk, context, await race(desk, () => rollOut(desk, context)));
}

async function finish(desk: Desk, context: OperationContext, end: End): Promise<void> {
  if (end.state === 'unfinished') return;
  const { state, message } = end;
  desk.rollingOut = false;
  await groupSteps.endOperation.executeWithOptions({ summary: state }, [{ ...context, state, message }]);
  labelState(context, state === 'done' ? toEndState(context) : state);
  present(desk, 'watching', message);
}

type End = RolledOut | { readonly state: 'superseded'; readonly message: string };

/** Runs the work until it ends or a newer operation takes its place; then its effects have ended before this returns. */
async function race(desk: Desk, work: () => Promise<End>): Promise<End> {
  const scope = new CancellationScope();
  const running = scope.run(work).catch(toEnd);
  const first = await Promise.race([running, condition(() => desk.hasSuperseding).then(() => null)]);
  if (first !== null) return first;
  scope.cancel();
  return running;
}

function toEnd(error: unknown): End {
  if (isCancellation(error)) return { state: 'superseded', message: 'A newer operation took its place.' };
  if (!(error instanceof ActivityFailure)) throw error;
  const superseded = error.cause instanceof ApplicationFailure && error.cause.type === 'operation-superseded';
  return { state: superseded ? 'superseded' : 'failed', message: rootCause(error) ?? error.message };
}

async function perform(desk: Desk, context: OperationContext, toRevision: number | null): Promise<End> {
  switch (context.kind) {
    case 'instantiate':
    case 'update':
      desk.noteFrozen(await makePlan(desk, context), context);
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
    case 'pause':
    case 'resume':
      return {
        state: 'failed',
        message: `${context.kind}: expected an operation of this version, found one that comes later`,
      };
  }
  desk.rollingOut = true;
  return rollOut(desk, context);
}

function toRunningState(context: OperationContext): string {
  if (context.kind === 'terminate') return 'Terminating';
  return context.kind === 'stop' ? 'Stopping' : 'Instantiating';
}

function toEndState(context: OperationContext): string {
  if (context.kind === 'terminate') return 'Terminated';
  return context.kind === 'stop' ? 'Stopped' : 'Instantiated';
}
