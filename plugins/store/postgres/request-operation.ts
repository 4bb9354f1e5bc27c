import { randomBytes } from 'node:crypto';

import { Failure, orThrow, refused, success } from '#domain/failure.ts';
import type { Result } from '#domain/failure.ts';
import { type GroupKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import type { GroupAction, GroupState, StateAction } from '#domain/lifecycle.ts';
import { isAllowed, toAllowedActions, toStateActions } from '#domain/lifecycle.ts';
import type { OperationRecord, OperationRequest } from '#domain/operation.ts';

import { appendAudit } from './audit.ts';
import type { Database, Query } from './database.ts';
import { appendEvents } from './events.ts';
import type { GroupRow, OperationRow } from './group-rows.ts';
import { findOperationRow, lockGroup, operationColumns, saveGroup, toActions, toOperation } from './group-rows.ts';
import { toRequestEvent } from './operation-events.ts';

export interface RequestDeps {
  readonly database: Database;
  readonly now: () => Date;
  /** Gives ids of revisions' instances: 19 digits. */
  readonly newInstance: () => string;
}

/** 19 decimal digits that fit EMCO's signed 64 bits. */
export function makeInstance(): string {
  const [lowest, highest] = [10n ** 18n, 2n ** 63n - 1n];
  for (;;) {
    const id = randomBytes(8).readBigUInt64BE() >> 1n;
    if (id >= lowest && id <= highest) return id.toString();
  }
}

/**
 * One transaction under the group's row. A refused request gets a number too, so that numbers order everything that was
 * asked. Instantiate and terminate end a pause; the other kinds leave it, so an update of a paused group waits for resume.
 */
export async function requestOperation(
  deps: RequestDeps,
  group: GroupKey,
  { request, recordRefusal }: { request: OperationRequest; recordRefusal: boolean },
): Promise<OperationRecord> {
  return deps.database.transaction(async (query) => {
    const row = await lockGroup(query, group);
    const known = await findOperationRow(query, row.id, request.operationId);
    if (known !== null) return toOperation(known);
    const time = deps.now().toISOString();
    const meant = await findMeant(query, row, request);
    const rolledBack = await findRollback(query, row, meant);
    const allowed = check(row, meant, rolledBack);
    const verdict = allowed.ok && meant.kind === 'migrate' ? await checkTarget(query, row, meant) : allowed;
    if (!verdict.ok && !recordRefusal) throw orThrow(verdict);
    const instance = toInstance(row, { request: meant, rolledBack, newInstance: deps.newInstance });
    const record = verdict.ok ? accept(row, meant, { instance, time }) : refuse(row, request, { verdict, time });
    await saveGroup(query, verdict.ok ? advance(row, record) : { ...row, last_operation: record.number });
    await insertOperation(query, row.id, record);
    await appendEvents(query, row.id, { time, events: [toRequestEvent(record)] });
    const [actor, action] = [request.requestedBy, verdict.ok ? meant.kind : `refused ${request.kind}`];
    const detail = verdict.ok ? `operation ${record.operationId} revision ${record.revision}` : record.message;
    await appendAudit(query, [{ time, actor, action, object: group, before: row.state, after: '', detail }]);
    return record;
  });
}

/**
 * To resume a stopped group is to ask again for what was stopped: the plan that it had frozen, or the operation itself when it
 * had not come that far.
 */
async function findMeant(query: Query, row: GroupRow, request: OperationRequest): Promise<OperationRequest> {
  const isStopped = row.state === 'InstantiateStopped' || row.state === 'TerminateStopped';
  if (request.kind !== 'resume' || !isStopped) return request;
  const { rows } = await query<OperationRow & { is_frozen: boolean }>(
    `select ${operationColumns}, o.is_frozen from operations o
     where o.group_id = $1 and o.state <> 'refused' and o.kind not in ('stop', 'pause', 'resume')
     order by o.number desc limit 1`,
    [row.id],
  );
  if (rows[0] === undefined) return request;
  const { kind, toRevision, migrateTo, removal, revision } = toOperation(rows[0]);
  const again = rows[0].is_frozen && revision > 0;
  if (again) return { ...request, kind: 'rollback', toRevision: revision };
  return { ...request, kind, toRevision, migrateTo, ...(removal === undefined ? {} : { removal }) };
}

/** Looked at without a lock, since the hand-over looks again under both groups' rows. */
async function checkTarget(query: Query, row: GroupRow, { migrateTo }: OperationRequest): Promise<Result<null>> {
  const key = migrateTo === null ? row.key : toGroupKey({ ...toGroupRef(row.key), ...migrateTo });
  const object = `group ${key}`;
  if (key === row.key)
    return refused('document-invalid', [{ object, expected: 'another group to migrate to', found: 'itself' }]);
  const { rows } = await query<{ state: GroupState }>('select state from groups where key = $1', [key]);
  const state = rows[0]?.state;
  if (state === undefined) return refused('document-not-found', [{ object, expected: 'a group', found: 'none' }]);
  if (state === 'Approved') return success(null);
  const found = `${state}, which allows ${toAllowedActions(state).join(', ')}`;
  return refused('transition-illegal', [{ object, expected: 'state Approved to migrate to', found }]);
}

interface RevisionFound {
  readonly instance: string;
  readonly isExpired: boolean;
  /** Numbers that can be rolled back to, ascending. */
  readonly kept: readonly number[];
}

async function findRollback(query: Query, row: GroupRow, request: OperationRequest): Promise<RevisionFound | null> {
  if (request.kind !== 'rollback') return null;
  const { rows } = await query<{ revision: number; instance: string; is_expired: boolean }>(
    'select revision, instance, is_expired from revisions where group_id = $1 order by revision',
    [row.id],
  );
  const found = rows.find(({ revision }) => revision === request.toRevision);
  const kept = rows.filter((revision) => !revision.is_expired).map(({ revision }) => revision);
  return { instance: found?.instance ?? '', isExpired: found?.is_expired ?? false, kept };
}

function check(row: GroupRow, request: OperationRequest, rolledBack: RevisionFound | null): Result<null> {
  const allowed = checkTransition(row, request.kind);
  if (!allowed.ok || rolledBack === null) return allowed;
  const object = `group ${row.key}`;
  const exist = rolledBack.kept.length === 0 ? 'none' : rolledBack.kept.join(', ');
  const expected = `a revision that exists (${exist})`;
  const found = request.toRevision === null ? 'no revision' : `revision ${request.toRevision}`;
  if (rolledBack.isExpired)
    return refused('revision-expired', [{ object, expected, found: `${found}, which expired` }]);
  return rolledBack.instance === '' ? refused('revision-not-found', [{ object, expected, found }]) : success(null);
}

export function checkTransition(row: GroupRow, action: GroupAction): Result<null> {
  if (isAllowed(row.state, action)) return success(null);
  const expected = `a state that allows ${action}`;
  const found = `${row.state}, which allows ${toAllowedActions(row.state).join(', ')}`;
  return refused('transition-illegal', [{ object: `group ${row.key}`, expected, found }]);
}

function toInstance(
  row: GroupRow,
  made: { request: OperationRequest; rolledBack: RevisionFound | null; newInstance: () => string },
): string {
  switch (made.request.kind) {
    case 'instantiate':
    case 'update':
    case 'migrate':
      return made.newInstance();
    case 'rollback':
      return made.rolledBack?.instance ?? '';
    case 'terminate':
    case 'stop':
    case 'pause':
    case 'resume':
      return toActions(row).at(-1)?.instance ?? '';
  }
}

const makesRevision = (request: OperationRequest): boolean =>
  request.kind === 'instantiate' || request.kind === 'update' || request.kind === 'rollback';

function accept(
  row: GroupRow,
  request: OperationRequest,
  { instance, time }: { instance: string; time: string },
): OperationRecord {
  return {
    ...request,
    number: row.last_operation + 1,
    state: 'requested',
    revision: makesRevision(request) ? row.last_revision + 1 : 0,
    instance,
    step: '',
    message: '',
    requestedAt: time,
    endedAt: null,
  };
}

function refuse(
  row: GroupRow,
  request: OperationRequest,
  { verdict, time }: { verdict: Result<null>; time: string },
): OperationRecord {
  const message = verdict.ok ? '' : new Failure(verdict.code, verdict.problems).message;
  const accepted = accept(row, request, { instance: '', time });
  return { ...accepted, state: 'refused', revision: 0, message, endedAt: time };
}

/** The group after an accepted operation; after a migration it is as it was until that hands over. */
function advance(row: GroupRow, record: OperationRecord): GroupRow {
  const { kind, instance, revision, requestedAt: time } = record;
  const actions = toActions(row);
  const before: StateAction = actions.at(-1) ?? { state: row.state, instance: '', time, revision: 0 };
  const added = kind === 'migrate' ? [] : toStateActions(kind, before, { instance, revision, time });
  const isInstantiate = kind === 'instantiate';
  return {
    ...row,
    state: added.at(-1)?.state ?? row.state,
    gid: row.gid === '' && isInstantiate ? instance : row.gid,
    status_context: isInstantiate ? instance : row.status_context,
    actions: JSON.stringify([...actions, ...added]),
    last_operation: record.number,
    last_revision: revision === 0 ? row.last_revision : revision,
    paused: kind === 'pause' || (row.paused && kind !== 'resume' && kind !== 'terminate' && !isInstantiate),
  };
}

export async function insertOperation(query: Query, groupId: number, record: OperationRecord): Promise<void> {
  await query(
    `insert into operations (group_id, operation_id, number, kind, to_revision, migrate_to, requested_by, state, revision,
       instance, message, requested_at, ended_at, removal)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      groupId,
      record.operationId,
      record.number,
      record.kind,
      record.toRevision,
      record.migrateTo === null ? null : JSON.stringify(record.migrateTo),
      record.requestedBy,
      record.state,
      record.revision,
      record.instance,
      record.message,
      record.requestedAt,
      record.endedAt,
      record.removal === undefined ? null : JSON.stringify(record.removal),
    ],
  );
}
