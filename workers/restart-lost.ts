/** Git writers and cluster watches that somebody ended in the Temporal UI: they are started again with what they were given. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { taskQueues, workflowTypes } from '#workflows/messages.ts';

/** Both live as long as the installation, so that an end is never meant. */
const immortal = [workflowTypes.gitWriter, workflowTypes.clusterWatch];
const lost = ['Terminated', 'Failed', 'TimedOut', 'Canceled'];

const toList = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** Gives how many were started. */
export async function restartLost(client: Client): Promise<number> {
  const ofType = `WorkflowType IN (${toList(immortal)})`;
  const running = new Set<string>();
  const query = `${ofType} AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) running.add(workflowId);
  let started = 0;
  for await (const one of client.workflow.list({ query: `${ofType} AND ExecutionStatus IN (${toList(lost)})` })) {
    if (running.has(one.workflowId)) continue;
    running.add(one.workflowId);
    await start(client, one);
    started += 1;
  }
  return started;
}

interface Lost {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
}

async function start(client: Client, { workflowId, runId, type }: Lost): Promise<void> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload === undefined) return;
  // What it carried from run to run belongs to the run that is lost: the groups hand over again what they hear nothing of.
  const { carried: _lost, ...input } = defaultPayloadConverter.fromPayload<Record<string, unknown>>(payload);
  try {
    await client.workflow.start(type, { workflowId, taskQueue: taskQueues.emco, args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
