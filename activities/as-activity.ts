/** The one place where a failure becomes Temporal's, and where every activity heartbeats. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { type FailureCode, Failure, failureClasses } from '#domain/failure.ts';

const heartbeatMs = 2000;

/** Wraps a step: heartbeats every 2 s while it runs, and maps what it throws. */
export function asActivity<Input, Output>(
  step: (input: Input, signal: AbortSignal) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), heartbeatMs);
    try {
      return await step(input, context.cancellationSignal);
    } catch (error) {
      context.cancellationSignal.throwIfAborted();
      throw toApplicationFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}

function toApplicationFailure(error: unknown): Error {
  if (!(error instanceof Failure)) {
    // Unknown errors may carry anything, so only their class and first line travel.
    const message =
      error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}` : 'unknown error';
    return ApplicationFailure.create({ message: message.slice(0, 500), type: 'internal', nonRetryable: false });
  }
  const code: FailureCode = error.code;
  return ApplicationFailure.create({
    message: error.message.slice(0, 4000),
    type: code,
    nonRetryable: !failureClasses[code].retryable,
  });
}
