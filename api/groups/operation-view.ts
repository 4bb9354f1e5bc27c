/** An operation as the API shows it. */
import type { OperationRecord } from '#domain/operation.ts';

export const toOperation = (operation: OperationRecord) => ({
  id: operation.operationId,
  number: operation.number,
  kind: operation.kind,
  state: operation.state,
  ...(operation.revision === 0 ? {} : { revision: operation.revision }),
  ...(operation.instance === '' ? {} : { instance: operation.instance }),
  ...(operation.toRevision === null ? {} : { toRevision: operation.toRevision }),
  ...(operation.migrateTo === null ? {} : { migrateTo: operation.migrateTo }),
  ...operation.removal,
  step: operation.step,
  message: operation.message,
  requestedBy: operation.requestedBy,
  requestedAt: operation.requestedAt,
  endedAt: operation.endedAt,
});
