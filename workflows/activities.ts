/** The activities as workflows see them: time-out classes, retries and queues in one place. */
import { type ActivityOptions, ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { GitSteps, GroupSteps, WatchSteps } from '#domain/steps.ts';
import { taskQueues } from './messages.ts';

/** Retryable failures are tried again until they pass; the others carry `nonRetryable` themselves. */
const retry = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** Work that may take minutes: heartbeats every 2 s, so that a lost worker shows within 10, and its effects have ended before a cancellation goes on. */
const long: ActivityOptions = {
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
};

const short: ActivityOptions = { ...long, startToCloseTimeout: '5 minutes' };

export const groupSteps = proxyActivities<GroupSteps>({ ...short, taskQueue: taskQueues.emco });
/** Others' servers are asked a few times, then the operation fails with what they said. */
export const lookUpSteps = proxyActivities<Pick<GroupSteps, 'resolveLookUps'>>({
  ...long,
  taskQueue: taskQueues.emco,
  retry: { ...retry, maximumAttempts: 6 },
});
export const renderSteps = proxyActivities<Pick<GroupSteps, 'renderCharts'>>({ ...long, taskQueue: taskQueues.render });
export const applySteps = proxyActivities<Pick<GroupSteps, 'applyManifests'>>({ ...long, taskQueue: taskQueues.apply });
export const gitSteps = proxyActivities<Pick<GitSteps, 'pushChanges'>>({ ...long, taskQueue: taskQueues.git });

/** Runs for hours; when its worker is gone the heartbeat says so. Cancelled at once: it only reads. */
const watching: ActivityOptions = {
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry,
  taskQueue: taskQueues.watch,
};

export const branchSteps = proxyActivities<Pick<GitSteps, 'watchBranch'>>(watching);
export const watchSteps = proxyActivities<WatchSteps>(watching);
