import { Failure, orThrow, type Problem, refused } from '#domain/failure.ts';
import { toGroupRef } from '#domain/group.ts';
import { type StateAction, toStateActions } from '#domain/lifecycle.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { FreezeRequest, HandedOver, HandOverRequest } from '#domain/ports/plans.ts';

import { appendAudit } from './audit.ts';
import { claimObjects } from './claims.ts';
import type { Query } from './database.ts';
import { appendEvents } from './events.ts';
import { type FreezeDeps, insertRevision, isFrozen, markFrozen, toFrozenEvents } from './freeze.ts';
import { findOperationRow, type GroupRow, lockGroups, saveGroup, toActions } from './group-rows.ts';
import { toEndEvent, toRequestEvent } from './operation-events.ts';
import { insertOperation } from './request-operation.ts';
import { expireRevisions } from './revisions.ts';
import { setDesired } from './set-desired.ts';
import { toTargetsEvent } from './target-events.ts';
import { isLeft } from './targets.ts';

interface Pair {
  readonly source: GroupRow;
  readonly target: GroupRow;
}

/** Everything of a migration that has to happen at once, under the rows of both groups. */
export async function handOver(deps: FreezeDeps, request: HandOverRequest): Promise<HandedOver> {
  return deps.database.transaction(async (query) => {
    const [source, target] = await lockGroups(query, request.group, request.to);
    if (await isFrozen(query, source, request)) return findHandedOver(query, target, request);
    await refuseOvertaken(query, source, request);
    await refuseUnready(query, target, request);
    const time = deps.now().toISOString();
    const made = {
      operation: Math.max(source.last_operation, target.last_operation) + 1,
      revision: Math.max(source.last_revision, target.last_revision) + 1,
    };
    await moveRevisions(query, { source, target });
    await query('delete from targets where group_id = $1', [target.id]);
    await query('update targets set group_id = $2 where group_id = $1', [source.id, target.id]);
    await saveBoth(query, { source, target }, { request, made, time });
    await freezeAtTarget(query, { source, target }, { request, made, time });
    await endAtSource(query, source, { request, made, time });
    return made;
  });
}

async function findHandedOver(query: Query, target: GroupRow, { operationId }: HandOverRequest): Promise<HandedOver> {
  const operation = await findOperationRow(query, target.id, operationId);
  if (operation !== null) return { operation: operation.number, revision: operation.revision };
  const object = `operation ${operationId} of group ${target.key}`;
  throw new Failure('document-not-found', [{ object, expected: 'the operation that was handed over', found: 'none' }]);
}

/** Whatever was asked after the migration says what shall happen to the source, also when it has not begun yet. */
async function refuseOvertaken(query: Query, source: GroupRow, { operation }: HandOverRequest): Promise<void> {
  const { rows } = await query<{ number: number }>(
    `select number from operations where group_id = $1 and number > $2 and state in ('requested', 'accepted')
       and kind not in ('pause', 'resume') limit 1`,
    [source.id, operation],
  );
  if (rows[0] === undefined) return;
  const found = `operation ${rows[0].number}, which came later`;
  throw new Failure('operation-superseded', [
    { object: `group ${source.key}`, expected: `number ${operation} to be newest`, found },
  ]);
}

/** The target may have changed since the request was accepted. */
async function refuseUnready(query: Query, target: GroupRow, { operationId }: HandOverRequest): Promise<void> {
  const { rows } = await query<{ open: number; left: number; same: number }>(
    `select count(*) filter (where state in ('requested', 'accepted')) as open,
       count(*) filter (where operation_id = $2) as same,
       (select count(*) from targets where group_id = $1 and ${isLeft}) as left
     from operations where group_id = $1`,
    [target.id, operationId],
  );
  const { open = 0, left = 0, same = 0 } = rows[0] ?? {};
  const object = `group ${target.key}`;
  const problems: Problem[] = [];
  if (target.state !== 'Approved') problems.push({ object, expected: 'state Approved', found: target.state });
  if (open > 0) problems.push({ object, expected: 'no operation under way', found: `${open}` });
  if (left > 0) problems.push({ object, expected: 'nothing of it on any cluster', found: `${left} targets` });
  if (same > 0) problems.push({ object, expected: `no operation ${operationId} of its own`, found: 'one' });
  if (problems.length > 0) orThrow(refused('transition-illegal', problems));
}

/**
 * The target's own revisions are of another deployment. Those of the source go with it; one whose number means another
 * instance in the target's history stays behind, since numbers of a group never mean two things.
 */
async function moveRevisions(query: Query, { source, target }: Pair): Promise<void> {
  await query(`update revisions set is_expired = true, bundle_ids = '{}' where group_id = $1`, [target.id]);
  const known = toActions(target).filter(({ revision }) => revision > 0);
  const numbers = known.map(({ revision }) => revision);
  const instances = known.map(({ instance }) => instance);
  await query(
    `delete from revisions r using unnest($2::int[], $3::text[]) as n (revision, instance)
     where r.group_id = $1 and r.revision = n.revision and r.instance <> n.instance`,
    [source.id, numbers, instances],
  );
  await query(
    `delete from revisions r where r.group_id = $1
       and exists (select 1 from revisions s where s.group_id = $2 and s.revision = r.revision)`,
    [target.id, source.id],
  );
  await query('update revisions set group_id = $2 where group_id = $1', [source.id, target.id]);
}

interface Making {
  readonly request: HandOverRequest;
  readonly made: HandedOver;
  readonly time: string;
}

/** The source first: a gid belongs to one group at any moment. */
async function saveBoth(query: Query, { source, target }: Pair, { request, made, time }: Making): Promise<void> {
  const { instance } = request;
  const { revision, operation } = made;
  const entry = { instance, revision, time };
  const left = toStateActions('migrate', toLast(source, time), entry);
  const taken = toStateActions('instantiate', toLast(target, time), entry);
  await saveGroup(query, {
    ...source,
    state: 'Updated',
    gid: '',
    actions: JSON.stringify([...toActions(source), ...left]),
    paused: false,
  });
  await saveGroup(query, {
    ...target,
    state: 'Instantiated',
    gid: source.gid,
    status_context: source.status_context,
    actions: JSON.stringify([...toActions(target), ...taken]),
    fence: operation,
    last_operation: operation,
    last_revision: revision,
    paused: source.paused,
  });
}

const toLast = (row: GroupRow, time: string): StateAction =>
  toActions(row).at(-1) ?? { state: row.state, instance: '', time, revision: 0 };

async function freezeAtTarget(query: Query, { source, target }: Pair, { request, made, time }: Making): Promise<void> {
  const { operationId, instance, plan, to } = request;
  const { version, group } = toGroupRef(to);
  const asked = await findOperationRow(query, source.id, operationId);
  const record: OperationRecord = {
    operationId,
    kind: 'migrate',
    toRevision: null,
    migrateTo: { version, group },
    requestedBy: asked?.requested_by ?? '',
    number: made.operation,
    state: 'requested',
    revision: made.revision,
    instance,
    step: '',
    message: '',
    requestedAt: time,
    endedAt: null,
  };
  await insertOperation(query, target.id, record);
  const freezing: FreezeRequest = {
    group: to,
    operationId,
    operation: made.operation,
    revision: made.revision,
    instance,
    plan,
    rolledBackTo: null,
  };
  await setDesired(query, target, { request: freezing, time });
  await claimObjects(query, target, made.operation);
  await insertRevision(query, target, { request: freezing, plan, time });
  const events = [toRequestEvent(record), ...(await toFrozenEvents(query, target.id, freezing))];
  await appendEvents(query, target.id, { time, events });
  await expireRevisions(query, target.id);
  await markFrozen(query, target.id, operationId);
}

async function endAtSource(query: Query, source: GroupRow, { request, made, time }: Making): Promise<void> {
  const { operationId, to } = request;
  const { version, group } = toGroupRef(to);
  const message = `Handed over to ${version}/${group}, which goes on with it as its revision ${made.revision}.`;
  await query(
    `update operations set state = 'done', message = $3, ended_at = $4 where group_id = $1 and operation_id = $2`,
    [source.id, operationId, message, time],
  );
  await markFrozen(query, source.id, operationId);
  const ended = toEndEvent({ operationId, number: request.operation, kind: 'migrate', state: 'done', message });
  const targets = await toTargetsEvent(query, source.id, request.operation);
  await appendEvents(query, source.id, { time, events: [targets, ended] });
  const detail = `operation ${operationId} revision ${made.revision} gid ${source.gid}`;
  const row = { time, actor: 'workflow', action: 'hand over', detail };
  await appendAudit(query, [
    { ...row, object: source.key, before: source.state, after: to },
    { ...row, object: to, before: source.key, after: 'Instantiated' },
  ]);
}
