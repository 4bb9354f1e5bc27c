/** One Temporal worker per task queue, so that a slow part does not starve the others. */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { taskQueues } from '#workflows/messages.ts';
import type { makeActivities } from '#activities/index.ts';
import type { Logger } from 'pino';
import { loadWorkflowBundle } from './bundle.ts';
import { installTemporalLog } from './temporal-log.ts';

export interface WorkersOptions {
  readonly address: string;
  readonly namespace: string;
  readonly cacheFolder: string;
  readonly activities: ReturnType<typeof makeActivities>;
  readonly identity: string;
  readonly log: Logger;
}

export interface RunningWorkers {
  /** Settles when all workers have ended; rejects when one failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Activities at a time, by queue: renders are processes of 50 MB, watches wait most of the time. */
const slots = {
  [taskQueues.emco]: 40,
  [taskQueues.render]: 2,
  [taskQueues.git]: 8,
  [taskQueues.apply]: 8,
  [taskQueues.watch]: 500,
};

export async function runWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  installTemporalLog(options.log);
  const workflowBundle = await loadWorkflowBundle(options.cacheFolder);
  const connection = await NativeConnection.connect({ address: options.address });
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace: options.namespace,
    identity: options.identity,
    activities: options.activities,
    shutdownGraceTime: '2 seconds',
    shutdownForceTime: '10 seconds',
    maxHeartbeatThrottleInterval: '2 seconds',
    // After a kill the server asks the lost worker first; what the API was asked waits for 10 s at most.
    stickyQueueScheduleToStartTimeout: '3 seconds',
  };
  const workers = await Promise.all(
    Object.values(taskQueues).map((taskQueue) =>
      Worker.create({
        ...common,
        taskQueue,
        maxConcurrentActivityTaskExecutions: slots[taskQueue],
        ...(taskQueue === taskQueues.emco ? { workflowBundle, maxCachedWorkflows: 500 } : {}),
      }),
    ),
  );
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => connection.close());
  return {
    ended,
    stop: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
