/** What is told of an operation, in the words of the API. */
import type { NewGroupEvent } from '#domain/group-event.ts';
import type { OperationRecord } from '#domain/operation.ts';

type Named = Pick<OperationRecord, 'operationId' | 'number' | 'kind'>;

const toNames = ({ operationId, number, kind }: Named) => ({ operation: operationId, number, kind });

/** `requested`, or `refused` with the reason. */
export function toRequestEvent(record: OperationRecord): NewGroupEvent {
  const { requestedBy, revision, toRevision, message } = record;
  const names = { ...toNames(record), requestedBy };
  if (record.state === 'refused') return { type: 'refused', body: { ...names, message } };
  const revisions = { ...(revision === 0 ? {} : { revision }), ...(toRevision === null ? {} : { toRevision }) };
  return { type: 'requested', body: { ...names, ...revisions } };
}

export const toAcceptedEvent = (record: Named): NewGroupEvent => ({ type: 'accepted', body: toNames(record) });

export const toEndEvent = (record: Named & Pick<OperationRecord, 'state' | 'message'>): NewGroupEvent => ({
  type: 'ended',
  body: { ...toNames(record), state: record.state, message: record.message },
});
