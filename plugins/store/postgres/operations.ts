import { Failure } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { OperationRecord, OperationState } from '#domain/operation.ts';
import type { Groups } from '#domain/ports/groups.ts';

import type { Database, Query } from './database.ts';
import { appendEvents } from './events.ts';
import type { GroupRow, OperationRow } from './group-rows.ts';
import { findOperationRow, lockGroup, operationColumns, saveGroup, toOperation } from './group-rows.ts';
import { toAcceptedEvent, toEndEvent } from './operation-events.ts';

type Operations = Pick<Groups, 'begin' | 'step' | 'end' | 'findOperation' | 'listOperations' | 'listOpenOperations'>;

export interface OperationsDeps {
  readonly database: Database;
  readonly now: () => Date;
}

const ofGroup = 'o.group_id = (select id from groups where key = $1)';

export function makeOperations(deps: OperationsDeps): Operations {
  const { query } = deps.database;
  return {
    begin: (group, operationId) => begin(deps, group, operationId),
    async step(group, operationId, step) {
      await query(
        `with changed as (update operations o set step = $3
           where ${ofGroup} and o.operation_id = $2 and o.ended_at is null and o.step <> $3 returning *)
         ${insertEvent("'step'", "'step', changed.step")}`,
        [group, operationId, step, deps.now().toISOString()],
      );
    },
    async end(group, operationId, end) {
      await query(
        `with changed as (update operations o set state = $3, message = $5, ended_at = $4
           where ${ofGroup} and o.operation_id = $2 and o.ended_at is null returning *)
         ${insertEvent("'ended'", "'state', changed.state, 'message', changed.message")}`,
        [group, operationId, end.state, deps.now().toISOString(), end.message],
      );
    },
    async findOperation(group, operationId) {
      const { rows } = await query<OperationRow>(
        `select ${operationColumns} from operations o where ${ofGroup} and o.operation_id = $2`,
        [group, operationId],
      );
      return rows[0] === undefined ? null : toOperation(rows[0]);
    },
    async listOperations(group, limit) {
      const { rows } = await query<OperationRow>(
        `select ${operationColumns} from operations o where ${ofGroup} order by o.number desc limit $2`,
        [group, limit],
      );
      return rows.map(toOperation);
    },
    async listOpenOperations() {
      const { rows } = await query<OperationRow & { key: GroupKey }>(
        `select ${operationColumns}, g.key from operations o join groups g on g.id = o.group_id
         where o.state in ('requested', 'accepted') order by o.requested_at, g.key, o.number`,
      );
      return rows.map((row) => ({ ...toOperation(row), group: row.key }));
    },
  };
}

/**
 * The event of the one operation that the CTE `changed` changed, in the same statement: the hot path has one round trip.
 * `$4` is the time.
 */
const insertEvent = (type: string, members: string): string =>
  `, head as (update groups g set last_event = g.last_event + 1 from changed where g.id = changed.group_id
     returning g.id, g.last_event)
   insert into events (group_id, sequence, time, type, body)
   select head.id, head.last_event, $4, ${type}, json_build_object('operation', changed.operation_id,
     'number', changed.number, 'kind', changed.kind, ${members})::text from head, changed`;

/**
 * Raises the fence, which never falls. An operation that comes to begin after a newer one has begun ends here as
 * superseded; an ended one is answered as it is.
 */
async function begin(deps: OperationsDeps, group: GroupKey, operationId: string): Promise<OperationRecord> {
  return deps.database.transaction(async (query) => {
    const row = await lockGroup(query, group);
    const operation = await requireOperation(query, row, operationId);
    if (operation.ended_at !== null) return toOperation(operation);
    const time = deps.now().toISOString();
    if (operation.number < row.fence) return supersede(query, { row, operation, time });
    if (operation.number > row.fence) await saveGroup(query, { ...row, fence: operation.number });
    const accepted = toOperation({ ...operation, state: 'accepted' });
    if (operation.state !== 'accepted') {
      await setState(query, { row, operation, state: 'accepted' });
      await appendEvents(query, row.id, { time, events: [toAcceptedEvent(accepted)] });
    }
    return accepted;
  });
}

async function requireOperation(query: Query, row: GroupRow, operationId: string): Promise<OperationRow> {
  const operation = await findOperationRow(query, row.id, operationId);
  if (operation !== null) return operation;
  const object = `operation ${operationId} of group ${row.key}`;
  throw new Failure('document-not-found', [{ object, expected: 'a requested operation', found: 'none' }]);
}

async function supersede(
  query: Query,
  { row, operation, time }: { row: GroupRow; operation: OperationRow; time: string },
): Promise<OperationRecord> {
  const message = `operation ${row.fence} began before it`;
  await query(
    `update operations set state = 'superseded', message = $3, ended_at = $4 where group_id = $1 and operation_id = $2`,
    [row.id, operation.operation_id, message, time],
  );
  const ended = toOperation({ ...operation, state: 'superseded', message, ended_at: time });
  await appendEvents(query, row.id, { time, events: [toEndEvent(ended)] });
  return ended;
}

async function setState(
  query: Query,
  change: { row: GroupRow; operation: OperationRow; state: OperationState },
): Promise<void> {
  await query('update operations set state = $3 where group_id = $1 and operation_id = $2', [
    change.row.id,
    change.operation.operation_id,
    change.state,
  ]);
}
