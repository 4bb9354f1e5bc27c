/** What a status says beyond EMCO's: the operation under way, the revision, how far the targets are and what went wrong. */
import type { OperationRecord } from '#domain/operation.ts';
import type { LoadedStatus } from './load-status.ts';
import type { StatusRow } from './status-row.ts';

/** Messages of single targets, at most. */
const shownMessages = 20;

export function toOwnMembers({ record, operations, rows }: LoadedStatus): object {
  const [operation] = operations;
  const messages = rows.filter(({ message }) => message !== '');
  return {
    ...(record.lastRevision === 0 ? {} : { revision: record.lastRevision }),
    ...(record.paused ? { paused: true } : {}),
    ...(operation === undefined ? {} : { operation: toOperation(operation) }),
    ...(rows.length === 0 ? {} : { phases: toPhases(rows) }),
    ...(messages.length === 0 ? {} : { messages: messages.slice(0, shownMessages).map(toMessage) }),
  };
}

export const toOperation = (operation: OperationRecord) => ({
  id: operation.operationId,
  number: operation.number,
  kind: operation.kind,
  state: operation.state,
  ...(operation.revision === 0 ? {} : { revision: operation.revision }),
  ...(operation.instance === '' ? {} : { instance: operation.instance }),
  ...(operation.toRevision === null ? {} : { toRevision: operation.toRevision }),
  step: operation.step,
  message: operation.message,
  requestedBy: operation.requestedBy,
  requestedAt: operation.requestedAt,
  endedAt: operation.endedAt,
});

function toPhases(rows: readonly StatusRow[]): Readonly<Record<string, number>> {
  const phases = Map.groupBy(rows, ({ phase }) => phase ?? 'Superseded');
  return Object.fromEntries([...phases].sort().map(([phase, of]) => [phase, of.length]));
}

const toMessage = ({ app, cluster, phase, message }: StatusRow) => ({ app, cluster, phase, message });
