/** What a status says beyond EMCO's: the operation under way, the revision, how far the targets are and what went wrong. */
import { toOperation } from '#api/groups/operation-view.ts';
import type { LoadedStatus } from './load-status.ts';

export function toOwnMembers({ record, operations, revision, phases, messages }: LoadedStatus): object {
  const [operation] = operations;
  return {
    ...(revision === 0 ? {} : { revision }),
    ...(record.paused ? { paused: true } : {}),
    ...(operation === undefined ? {} : { operation: toOperation(operation) }),
    ...(Object.keys(phases).length === 0 ? {} : { phases }),
    ...(messages.length === 0 ? {} : { messages }),
  };
}
