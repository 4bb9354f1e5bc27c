/** The groups' engine over a Temporal client: one Update with start per request. */
import { createHash } from 'node:crypto';
import {
  type Client,
  WithStartWorkflowOperation,
  type Workflow,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Failure, type FailureCode, failureClasses } from '#domain/failure.ts';
import { type GroupRef, toGroupKey } from '#domain/group.ts';
import { toGroupWorkflowId } from '#domain/names.ts';
import type { OperationAnswer } from '#domain/operation.ts';
import { type GroupWorkflowInput, signals, taskQueues, workflowTypes } from '#workflows/messages.ts';
import type { ControlRequest, GroupControl } from './group-control.ts';

export interface TemporalControlDeps {
  readonly client: Client;
  /** How long an Update may take until it is queued. */
  readonly deadlineMs?: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function makeTemporalControl({ client, deadlineMs = 10_000 }: TemporalControlDeps): GroupControl {
  const inTime = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      throw toFailure(error);
    }
  };
  return {
    submit: (group, request) => inTime(() => submit(client, group, request)),
    started: (group) => inTime(() => start(client, group)),
    deleted: (group) => inTime(() => tellDeleted(client, group)),
    isAlive: () => isAlive(client),
  };
}

const toType = ({ compositeApp }: GroupRef): string =>
  compositeApp === '' ? workflowTypes.cloud : workflowTypes.group;

const toStart = (group: GroupRef): { workflowId: string; taskQueue: string; args: [GroupWorkflowInput] } => ({
  workflowId: toGroupWorkflowId(group, sha256),
  taskQueue: taskQueues.emco,
  args: [{ group: toGroupKey(group) }],
});

function submit(client: Client, group: GroupRef, request: ControlRequest): Promise<OperationAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation<Workflow>(toType(group), {
    ...toStart(group),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return client.workflow.executeUpdateWithStart<Workflow, OperationAnswer, [ControlRequest['payload']]>(request.kind, {
    args: [request.payload],
    updateId: request.payload.operationId,
    startWorkflowOperation,
  });
}

async function start(client: Client, group: GroupRef): Promise<void> {
  try {
    await client.workflow.start(toType(group), {
      ...toStart(group),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function tellDeleted(client: Client, group: GroupRef): Promise<void> {
  try {
    await client.workflow.getHandle(toGroupWorkflowId(group, sha256)).signal(signals.deleted);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function isAlive(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + 2_000, () => client.connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}

/** A refusal of the workflow's validator carries our code as its type; everything else means: try again. */
function toFailure(error: unknown): Failure {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && isFailureCode(cause.type)) {
    return new Failure(cause.type, [], cause.message);
  }
  const found = error instanceof Error ? error.name : 'no answer';
  return new Failure('temporal-unavailable', [{ object: 'Temporal', expected: 'an answer in time', found }]);
}

const isFailureCode = (type: string | null | undefined): type is FailureCode =>
  typeof type === 'string' && Object.hasOwn(failureClasses, type);
