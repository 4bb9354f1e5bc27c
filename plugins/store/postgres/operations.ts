import { Failure } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { OperationRecord, OperationState } from '#domain/operation.ts';
import type { Groups } from '#domain/ports/groups.ts';

import type { Database, Query } from './database.ts';
import type { GroupRow, OperationRow } from './group-rows.ts';
import { findOperationRow, lockGroup, operationColumns, saveGroup, toOperation } from './group-rows.ts';

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
      await query(`update operations o set step = $3 where ${ofGroup} and o.operation_id = $2 and o.ended_at is null`, [
        group,
        operationId,
        step,
      ]);
    },
    async end(group, operationId, end) {
      await query(
        `update operations o set state = $3, message = $4, ended_at = $5
         where ${ofGroup} and o.operation_id = $2 and o.ended_at is null`,
        [group, operationId, end.state, end.message, deps.now().toISOString()],
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
 * Raises the fence, which never falls. An operation that comes to begin after a newer one has begun ends here as
 * superseded; an ended one is answered as it is.
 */
async function begin(deps: OperationsDeps, group: GroupKey, operationId: string): Promise<OperationRecord> {
  return deps.database.transaction(async (query) => {
    const row = await lockGroup(query, group);
    const operation = await requireOperation(query, row, operationId);
    if (operation.ended_at !== null) return toOperation(operation);
    if (operation.number < row.fence) return supersede(query, { row, operation, time: deps.now().toISOString() });
    if (operation.number > row.fence) await saveGroup(query, { ...row, fence: operation.number });
    await setState(query, { row, operation, state: 'accepted' });
    return toOperation({ ...operation, state: 'accepted' });
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
  return toOperation({ ...operation, state: 'superseded', message, ended_at: time });
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
