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
import { rollOut } from './roll-out.ts';

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
  labelState(context, toRunningState(context));
  const end = await race(desk, () => perform(desk, context, acceptance.toRevision));
  await groupSteps.endOperation.executeWithOptions({ summary: end.state }, [{ ...context, ...end }]);
  labelState(context, end.state === 'done' ? toEndState(context) : end.state);
  present(desk, 'watching', end.message);
}

interface End {
  readonly state: 'done' | 'failed' | 'superseded';
  readonly message: string;
}

/** Runs the work until it ends or a newer operation takes its place; then its effects have ended before this returns. */
async function race(desk: Desk, work: () => Promise<string>): Promise<End> {
  const scope = new CancellationScope();
  const running = scope.run(work).then(toDone, toEnd);
  const first = await Promise.race([running, condition(() => desk.hasSuperseding).then(() => null)]);
  if (first !== null) return first;
  scope.cancel();
  return running;
}

const toDone = (message: string): End => ({ state: 'done', message });

function toEnd(error: unknown): End {
  if (isCancellation(error)) return { state: 'superseded', message: 'A newer operation took its place.' };
  if (!(error instanceof ActivityFailure)) throw error;
  const superseded = error.cause instanceof ApplicationFailure && error.cause.type === 'operation-superseded';
  return { state: superseded ? 'superseded' : 'failed', message: rootCause(error) ?? error.message };
}

async function perform(desk: Desk, context: OperationContext, toRevision: number | null): Promise<string> {
  desk.stopped = context.kind === 'stop';
  switch (context.kind) {
    case 'instantiate':
    case 'update':
      desk.noteFrozen(await makePlan(desk, context), context);
      return (await rollOut(desk, context)).summary;
    case 'rollback':
      present(desk, `taking revision ${toRevision ?? 0} again`);
      desk.noteFrozen(await groupSteps.takeRevisionAgain({ ...context, toRevision: toRevision ?? 0 }), context);
      return (await rollOut(desk, context)).summary;
    case 'terminate':
      await groupSteps.planRemoval(context);
      return (await rollOut(desk, context)).summary;
    case 'stop':
      return 'Stopped; what was written stays as it is.';
    case 'migrate':
    case 'pause':
    case 'resume':
      return '';
  }
}

function toRunningState(context: OperationContext): string {
  if (context.kind === 'terminate') return 'Terminating';
  return context.kind === 'stop' ? 'Stopping' : 'Instantiating';
}

function toEndState(context: OperationContext): string {
  if (context.kind === 'terminate') return 'Terminated';
  return context.kind === 'stop' ? 'Stopped' : 'Instantiated';
}
