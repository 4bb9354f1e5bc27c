/** Sends open operations to their workflows again: at start and every 15 seconds. Harmless, since every effect is fenced. */
import type { Client } from '@temporalio/client';
import { Failure } from '#domain/failure.ts';
import { type GroupKey, toGroupRef } from '#domain/group.ts';
import { toGroupWorkflowId, type Sha256 } from '#domain/names.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { Store } from '#domain/ports/store.ts';
import type { GroupControl } from '#api/group-control.ts';
import { signals, workflowTypes } from '#workflows/messages.ts';

export interface ReconcilerDeps {
  readonly store: Store;
  readonly control: GroupControl;
  readonly client: Client;
  readonly sha256: Sha256;
  readonly now: () => number;
  readonly warn: (event: string, detail: string) => void;
}

/** An operation that was written this recently is most likely on its way by its own caller. */
const youngMs = 5000;

/** Sends what is due; gives how many operations were sent and workflows started. */
export async function reconcile(deps: ReconcilerDeps): Promise<number> {
  const running = await findRunning(deps.client);
  const isRunning = ({ group }: { readonly group: GroupKey }): boolean =>
    running.has(toGroupWorkflowId(toGroupRef(group), deps.sha256));
  const due = (await deps.store.groups.listOpenOperations()).filter(
    (operation) =>
      deps.now() - Date.parse(operation.requestedAt) >= youngMs &&
      !(operation.state === 'accepted' && isRunning(operation)),
  );
  for (const operation of due) await send(deps, operation);
  const gone = (await deps.store.groups.list('Instantiated')).filter((record) => !isRunning(record));
  for (const record of gone) await deps.control.started(toGroupRef(record.group));
  await endForgotten(deps, running);
  return due.length + gone.length;
}

/** Workflows whose group was deleted while Temporal was away. */
async function endForgotten(deps: ReconcilerDeps, running: ReadonlySet<string>): Promise<void> {
  const records = await deps.store.groups.list();
  const known = new Set(records.map(({ group }) => toGroupWorkflowId(toGroupRef(group), deps.sha256)));
  for (const id of running) {
    if (known.has(id)) continue;
    await deps.client.workflow.getHandle(id).signal(signals.deleted);
  }
}

/** Ids of the groups' workflows that run, from Temporal's visibility: seconds old at most, which only costs a harmless call. */
async function findRunning(client: Client): Promise<ReadonlySet<string>> {
  const query = `WorkflowType = '${workflowTypes.group}' AND ExecutionStatus = 'Running'`;
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId);
  return ids;
}

type OpenOperation = Awaited<ReturnType<Store['groups']['listOpenOperations']>>[number];

async function send(deps: ReconcilerDeps, operation: OpenOperation): Promise<void> {
  try {
    await deps.control.submit(toGroupRef(operation.group), { kind: operation.kind, payload: toPayload(operation) });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    deps.warn('operation not sent', error.message);
  }
}

function toPayload(operation: OperationRecord): { operationId: string } & Record<string, string | number> {
  const { operationId, toRevision, migrateTo, requestedBy, revision } = operation;
  return {
    operationId,
    requestedBy,
    recordedRevision: revision,
    ...(toRevision === null ? {} : { revision: toRevision }),
    ...(migrateTo === null ? {} : { targetVersion: migrateTo.version, targetGroup: migrateTo.group }),
  };
}

/** Runs `reconcile` now and then again and again until stopped. */
export function keepReconciling(deps: ReconcilerDeps, everyMs: number): { stop(): void } {
  const run = (): void => void reconcile(deps).catch((error: unknown) => deps.warn('reconcile failed', String(error)));
  run();
  const timer = setInterval(run, everyMs);
  return { stop: () => clearInterval(timer) };
}
