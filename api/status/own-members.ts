/** What a status says beyond EMCO's: the operation under way, the revision, how far the targets are and what went wrong. */
import { toOperation } from '#api/groups/operation-view.ts';
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

function toPhases(rows: readonly StatusRow[]): Readonly<Record<string, number>> {
  const phases = Map.groupBy(rows, ({ phase }) => phase ?? 'Superseded');
  return Object.fromEntries([...phases].sort().map(([phase, of]) => [phase, of.length]));
}

const toMessage = ({ app, cluster, phase, message }: StatusRow) => ({ app, cluster, phase, message });
