/** Sends open operations to their workflows again: at start and every 15 seconds. Harmless, since every effect is fenced. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { Failure } from '#domain/failure.ts';
import { type GroupKey, toGroupRef } from '#domain/group.ts';
import { toGroupWorkflowId, type Sha256 } from '#domain/names.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { Store } from '#domain/ports/store.ts';
import type { GroupControl } from '#api/group-control.ts';
import { signals, workflowTypes } from '#workflows/messages.ts';
import { restartLost } from './restart-lost.ts';

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

/** Sends what is due; gives how many operations were sent or settled, and workflows started or told to end. */
export async function reconcile(deps: ReconcilerDeps): Promise<number> {
  const running = await findRunning(deps.client);
  const groups = await deps.store.groups.list();
  const known = new Map(groups.map((record) => [toId(deps, record), record]));
  const open = (await deps.store.groups.listOpenOperations()).filter(
    ({ requestedAt }) => deps.now() - Date.parse(requestedAt) >= youngMs,
  );
  const overtaken = open.filter((one) => isOvertaken(one, known.get(toId(deps, one))));
  for (const { group, operationId } of overtaken) await deps.store.groups.end(group, operationId, superseded);
  const due = open.filter(
    (one) => !overtaken.includes(one) && !(one.state === 'accepted' && running.has(toId(deps, one))),
  );
  for (const operation of due) await send(deps, operation);
  const gone = groups.filter((record) => record.state === 'Instantiated' && !running.has(toId(deps, record)));
  for (const { group } of gone) await deps.control.started(toGroupRef(group));
  const orphans = [...running].filter((id) => !known.has(id));
  for (const id of orphans) await tellDeleted(deps.client, id);
  const restarted = await restartLost(deps.client);
  return overtaken.length + due.length + gone.length + orphans.length + restarted;
}

const toId = ({ sha256 }: ReconcilerDeps, { group }: { readonly group: GroupKey }): string =>
  toGroupWorkflowId(toGroupRef(group), sha256);

const superseded = { state: 'superseded', message: 'A newer operation took its place.' } as const;

/** Its workflow was lost before it could end it, and a newer operation has raised the fence since. */
const isOvertaken = ({ state, number }: OpenOperation, record: { readonly operation: number } | undefined): boolean =>
  state === 'accepted' && record !== undefined && number < record.operation;

/** The document went while nobody could tell the workflow, which asks the store before it ends. */
async function tellDeleted(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).signal(signals.deleted);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** Ids of the groups' workflows that run, from Temporal's visibility: seconds old at most, which only costs a harmless call. */
async function findRunning(client: Client): Promise<ReadonlySet<string>> {
  const query = `WorkflowType IN ('${workflowTypes.group}', '${workflowTypes.cloud}') AND ExecutionStatus = 'Running'`;
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
