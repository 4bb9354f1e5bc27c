/** Calls the activity of a controller of one's own on its task queue. */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  rootCause,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControllerCall } from '#domain/controllers.ts';
import { type ControllerInput, parseControllerAnswer } from '#domain/exchange.ts';
import { toSentence } from '#domain/failure.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

interface ControllerSteps {
  place(input: ControllerInput): Promise<unknown>;
  customise(input: ControllerInput): Promise<unknown>;
}

/** A call to somebody: `taskQueue` is not the built-in one's. */
export type OwnCall = ControllerCall & { readonly taskQueue: string };

const longestMessage = 1000;

/**
 * A newer operation does not wait for it: it need not heartbeat, and what it puts late is refused.
 * @returns the digest of the result that it put
 * @throws ApplicationFailure that names controller, task queue and what was expected
 */
export async function callController(call: OwnCall, input: ControllerInput): Promise<BlobAddress> {
  const steps = proxyActivities<ControllerSteps>({
    taskQueue: call.taskQueue,
    scheduleToStartTimeout: call.startWithinSeconds * 1000,
    startToCloseTimeout: call.timeoutSeconds * 1000,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: call.attempts },
  });
  const answer = await steps[call.activity]
    .executeWithOptions({ summary: call.controller }, [input])
    .catch((error: unknown) => {
      throw isCancellation(error) ? error : fail(call, toFinding(call, error));
    });
  const parsed = parseControllerAnswer(call.activity, answer);
  if (parsed.ok) return parsed.value;
  throw fail(call, parsed.problems.map(toSentence).join('; '));
}

function fail(call: OwnCall, finding: string): ApplicationFailure {
  const message = `controller ${call.controller} on Temporal task queue ${call.taskQueue}: ${finding}`;
  const type = call.activity === 'place' ? 'placement-impossible' : 'customise-failed';
  return ApplicationFailure.nonRetryable(message.slice(0, longestMessage), type);
}

function toFinding({ activity, startWithinSeconds, timeoutSeconds, attempts }: OwnCall, error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof TimeoutFailure)) {
    const tried = attempts === 1 ? '' : ` (after at most ${attempts} attempts)`;
    return `expected a result of activity ${activity}, found ${rootCause(error) ?? 'a failure'}${tried}`;
  }
  const { namespace } = workflowInfo();
  if (cause.timeoutType === 'SCHEDULE_TO_START')
    return `expected a worker of namespace ${namespace} that takes activity ${activity} within ${startWithinSeconds} s, found nobody listening`;
  return `expected a result of activity ${activity} within ${timeoutSeconds} s, found none`;
}
