import { Failure } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import type { GroupState, StateAction } from '#domain/lifecycle.ts';
import type { OperationKind, OperationRecord, OperationState, RemovalOptions } from '#domain/operation.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';

import type { Query } from './database.ts';

export interface GroupRow {
  readonly id: number;
  readonly key: GroupKey;
  readonly state: GroupState;
  readonly gid: string;
  readonly status_context: string;
  readonly actions: string;
  readonly fence: number;
  readonly last_operation: number;
  readonly last_revision: number;
  readonly paused: boolean;
}

export const toActions = (row: GroupRow): readonly StateAction[] =>
  // written by `saveGroup` from the same type
  JSON.parse(row.actions) as readonly StateAction[];

export const toGroup = (row: GroupRow): GroupRecord => ({
  group: row.key,
  state: row.state,
  gid: row.gid,
  statusContext: row.status_context,
  actions: toActions(row),
  operation: row.fence,
  lastRevision: row.last_revision,
  paused: row.paused,
});

export const groupNotFound = (group: GroupKey): Failure =>
  new Failure('document-not-found', [{ object: `group ${group}`, expected: 'a group', found: 'none' }]);

/** Locks the group's row: whatever else changes the group waits until this transaction ends. */
export async function lockGroup(query: Query, group: GroupKey): Promise<GroupRow> {
  const { rows } = await query<GroupRow>('select * from groups where key = $1 for update', [group]);
  if (rows[0] === undefined) throw groupNotFound(group);
  return rows[0];
}

/** Locks two groups, always in the same order, so that two who lock each other's never wait for ever. */
export async function lockGroups(query: Query, one: GroupKey, other: GroupKey): Promise<[GroupRow, GroupRow]> {
  const { rows } = await query<GroupRow>('select * from groups where key = any($1) order by id for update', [
    [one, other],
  ]);
  const find = (key: GroupKey): GroupRow => {
    const found = rows.find((row) => row.key === key);
    if (found === undefined) throw groupNotFound(key);
    return found;
  };
  return [find(one), find(other)];
}

/** Writes all members of a row that a request may change. */
export async function saveGroup(query: Query, row: GroupRow): Promise<void> {
  await query(
    `update groups set state = $2, gid = $3, status_context = $4, actions = $5, fence = $6, last_operation = $7,
       last_revision = $8, paused = $9 where id = $1`,
    [
      row.id,
      row.state,
      row.gid,
      row.status_context,
      row.actions,
      row.fence,
      row.last_operation,
      row.last_revision,
      row.paused,
    ],
  );
}

export interface OperationRow {
  readonly operation_id: string;
  readonly number: number;
  readonly kind: OperationKind;
  readonly to_revision: number | null;
  readonly migrate_to: string | null;
  readonly removal: string | null;
  readonly requested_by: string;
  readonly state: OperationState;
  readonly revision: number;
  readonly instance: string;
  readonly step: string;
  readonly message: string;
  readonly requested_at: string;
  readonly ended_at: string | null;
}

export const operationColumns = `o.operation_id, o.number, o.kind, o.to_revision, o.migrate_to, o.removal, o.requested_by, o.state,
  o.revision, o.instance, o.step, o.message, o.requested_at, o.ended_at`;

export const toOperation = (row: OperationRow): OperationRecord => ({
  operationId: row.operation_id,
  kind: row.kind,
  toRevision: row.to_revision,
  // written by `request` from the same type
  migrateTo: row.migrate_to === null ? null : (JSON.parse(row.migrate_to) as OperationRecord['migrateTo']),
  requestedBy: row.requested_by,
  // written by `request` from the same type
  ...(row.removal === null ? {} : { removal: JSON.parse(row.removal) as RemovalOptions }),
  number: row.number,
  state: row.state,
  revision: row.revision,
  instance: row.instance,
  step: row.step,
  message: row.message,
  requestedAt: row.requested_at,
  endedAt: row.ended_at,
});

export async function findOperationRow(
  query: Query,
  groupId: number,
  operationId: string,
): Promise<OperationRow | null> {
  const { rows } = await query<OperationRow>(
    `select ${operationColumns} from operations o where o.group_id = $1 and o.operation_id = $2`,
    [groupId, operationId],
  );
  return rows[0] ?? null;
}
