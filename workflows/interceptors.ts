/**
 * Signals that the SDK itself can't take fail the workflow's task again and again, so that one sent by mistake stops the
 * group for good. Here they become signals that the group refuses and records: an unreadable payload, a reserved name.
 */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';

type Activation = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]['activation'];
type Signal = NonNullable<NonNullable<NonNullable<Activation['jobs']>[number]>['signalWorkflow']>;

const reservedPrefix = '__temporal_';

export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate: (input, next) => {
        for (const { signalWorkflow } of input.activation.jobs ?? []) if (signalWorkflow) makeTakeable(signalWorkflow);
        next(input);
      },
    },
  ],
});

function makeTakeable(signal: Signal): void {
  if (signal.signalName?.startsWith(reservedPrefix) === true) signal.signalName = `reserved ${signal.signalName}`;
  const payloads = signal.input ?? [];
  if (payloads.every(isReadable)) return;
  signal.input = [defaultPayloadConverter.toPayload('a payload that cannot be decoded')];
}

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}
