/** Drives one group over HTTP and looks at it: verbs, operations, status, and its workflow. */
import type { WorkflowHandle } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { toGroupWorkflowId } from '#domain/names.ts';
import type { Answer } from './api-client.ts';
import type { Emco } from './emco.ts';
import { eventually } from './eventually.ts';
import type { GroupSeed } from './seed.ts';
import { toGroupPath } from './seed.ts';

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly revision: number;
  readonly message: string;
  readonly endedAt: string | null;
}

type Names = Pick<GroupSeed, 'project' | 'compositeApp' | 'version' | 'group'>;

export interface GroupDriver {
  readonly path: string;
  readonly workflowId: string;
  readonly workflow: WorkflowHandle;
  /** Sends a verb; the operation id as Idempotency-Key where given. */
  verb(kind: string, options?: { readonly id?: string; readonly body?: unknown }): Promise<Answer>;
  operations(): Promise<readonly OperationView[]>;
  /** Waits until the operation has ended and gives it. */
  ended(id: string, deadlineMs?: number): Promise<OperationView>;
  /** Sends the verb and waits for `done`. */
  run(kind: string, id: string, body?: unknown): Promise<OperationView>;
}

export function driveGroup(emco: Pick<Emco, 'call' | 'client'>, names: Names): GroupDriver {
  const path = toGroupPath(names);
  const workflowId = toGroupWorkflowId(names, (text) => createHash('sha256').update(text).digest('hex'));
  const operations = async (): Promise<readonly OperationView[]> =>
    // The shape is the API's; a member that is missing fails the test that reads it.
    (await emco.call.get(`${path}/operations`)).json() as unknown as readonly OperationView[];
  const verb: GroupDriver['verb'] = (kind, { id, body } = {}) =>
    emco.call.post(`${path}/${kind}`, {
      ...(body === undefined ? {} : { json: body }),
      headers: id === undefined ? {} : { 'Idempotency-Key': id },
    });
  const ended = async (id: string, deadlineMs = 60_000): Promise<OperationView> => {
    let found: OperationView | undefined;
    await eventually(async () => {
      found = (await operations()).find((one) => one.id === id);
      if (found === undefined || ['requested', 'accepted'].includes(found.state)) {
        throw new Error(`operation ${id}: expected its end, found ${found?.state ?? 'none'}`);
      }
    }, deadlineMs);
    if (found === undefined) throw new Error(`operation ${id}: expected it, found none`);
    return found;
  };
  return {
    path,
    workflowId,
    workflow: emco.client.workflow.getHandle(workflowId),
    verb,
    operations,
    ended,
    run: async (kind, id, body) => {
      const answer = await verb(kind, { id, body });
      if (answer.status !== 202) throw new Error(`${kind}: expected 202, found ${answer.status} ${answer.text}`);
      const operation = await ended(id);
      if (operation.state !== 'done')
        throw new Error(`${kind} ${id}: expected done, found ${operation.state} ${operation.message}`);
      return operation;
    },
  };
}
