/** What activities say to workflows, over a Temporal client. */
import {
  type Client,
  type Workflow,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Messenger } from '#activities/index.ts';
import { type GroupKey, toGroupRef } from '#domain/group.ts';
import { type Sha256, toGroupWorkflowId, toShard, toWatchWorkflowId, toWriterWorkflowId } from '#domain/names.ts';
import type { OperationKind, OperationPayload } from '#domain/operation.ts';
import type { Facts } from '#domain/ports/store.ts';
import { watchEpochFact } from '#domain/watch-epoch.ts';
import {
  type ClusterWatchInput,
  type GitWriterInput,
  type GroupWorkflowInput,
  type ObservedSignal,
  signals,
  taskQueues,
  workflowTypes,
} from '#workflows/messages.ts';

export interface MessengerDeps {
  readonly client: Client;
  readonly facts: Facts;
  readonly sha256: Sha256;
  readonly shards: number;
  readonly now: () => number;
}

export function makeMessenger(deps: MessengerDeps): Messenger {
  const { client, sha256 } = deps;
  const toGroup = (group: GroupKey): string => toGroupWorkflowId(toGroupRef(group), sha256);
  return {
    handOver: async ({ url, branch, credentials }, change) => {
      await client.workflow.signalWithStart<Workflow, [typeof change]>(workflowTypes.gitWriter, {
        workflowId: toWriterWorkflowId(url, branch, sha256),
        taskQueue: taskQueues.emco,
        args: [{ url: withoutCredentials(url), branch, credentials } satisfies GitWriterInput],
        signal: signals.change,
        signalArgs: [change],
        staticSummary: `writes ${withoutCredentials(url)} ${branch}`.slice(0, 200),
      });
    },
    committed: (workflowId, outcome) =>
      ignoreGone(client.workflow.getHandle(workflowId).signal(signals.committed, outcome)),
    observed: (group, sequence) =>
      ignoreGone(client.workflow.getHandle(toGroup(group)).signal<[ObservedSignal]>(signals.observed, { sequence })),
    migrated: async (group, { operationId, revision }) => {
      const { version, group: name } = toGroupRef(group);
      await client.workflow.signalWithStart<Workflow, [OperationPayload]>(workflowTypes.group, {
        workflowId: toGroup(group),
        taskQueue: taskQueues.emco,
        args: [{ group } satisfies GroupWorkflowInput],
        signal: 'migrate' satisfies OperationKind,
        signalArgs: [{ operationId, targetVersion: version, targetGroup: name, recordedRevision: revision }],
      });
    },
    watch: async (clusters) => {
      if (clusters.length === 0) return;
      await deps.facts.set(watchEpochFact, String(deps.now()));
      const shards = new Set(clusters.map((cluster) => toShard(cluster, deps.shards, sha256)));
      for (const shard of shards) await startWatch(client, { shard, shards: deps.shards });
    },
  };
}

export async function startWatch(client: Client, input: ClusterWatchInput): Promise<void> {
  try {
    await client.workflow.start(workflowTypes.clusterWatch, {
      workflowId: toWatchWorkflowId(input.shard),
      taskQueue: taskQueues.emco,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `watches shard ${input.shard} of ${input.shards}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Sync objects may carry a user in the URL; histories may not. */
const withoutCredentials = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1');

async function ignoreGone(sent: Promise<void>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
