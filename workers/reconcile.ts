/** Sends open operations to their workflows again: at start and every minute. Harmless, since every effect is fenced. */
import type { Client } from '@temporalio/client';
import { Failure } from '#domain/failure.ts';
import { toGroupRef } from '#domain/group.ts';
import { toGroupWorkflowId, type Sha256 } from '#domain/names.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { Store } from '#domain/ports/store.ts';
import type { GroupControl } from '#api/group-control.ts';

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

/** Sends what is due; gives how many operations were sent. */
export async function reconcile(deps: ReconcilerDeps): Promise<number> {
  let sent = 0;
  for (const operation of await deps.store.groups.listOpenOperations()) {
    if (deps.now() - Date.parse(operation.requestedAt) < youngMs) continue;
    if (operation.state === 'accepted' && (await isRunning(deps, operation))) continue;
    await send(deps, operation);
    sent += 1;
  }
  return sent + (await restartIdle(deps));
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

/** A group that runs but whose workflow is gone (terminated, expired, restored) gets one that goes on watching. */
async function restartIdle(deps: ReconcilerDeps): Promise<number> {
  let restarted = 0;
  for (const record of await deps.store.groups.list('Instantiated')) {
    if (await isRunning(deps, record)) continue;
    await deps.control.started(toGroupRef(record.group));
    restarted += 1;
  }
  return restarted;
}

async function isRunning(deps: ReconcilerDeps, { group }: Pick<OpenOperation, 'group'>): Promise<boolean> {
  const handle = deps.client.workflow.getHandle(toGroupWorkflowId(toGroupRef(group), deps.sha256));
  const found = await handle.describe().catch(() => null);
  return found?.status.name === 'RUNNING';
}

/** Runs `reconcile` now and then every minute until stopped. */
export function keepReconciling(deps: ReconcilerDeps, everyMs: number): { stop(): void } {
  const run = (): void => void reconcile(deps).catch((error: unknown) => deps.warn('reconcile failed', String(error)));
  run();
  const timer = setInterval(run, everyMs);
  return { stop: () => clearInterval(timer) };
}
