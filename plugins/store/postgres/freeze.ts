import { Failure } from '#domain/failure.ts';
import type { NewGroupEvent } from '#domain/group-event.ts';
import type { FreezeRequest } from '#domain/ports/plans.ts';

import { claimObjects } from './claims.ts';
import type { Database, Query } from './database.ts';
import { appendEvents } from './events.ts';
import type { GroupRow } from './group-rows.ts';
import { findOperationRow, lockGroup } from './group-rows.ts';
import { expireRevisions } from './revisions.ts';
import { setDesired } from './set-desired.ts';
import { toTargetsEvent } from './target-events.ts';

export interface FreezeDeps {
  readonly database: Database;
  readonly now: () => Date;
}

/**
 * One transaction under the group's row; the wait for other groups' claims comes last and is short. A second call with
 * the same operation id changes nothing, whatever it brings.
 */
export async function freeze(deps: FreezeDeps, request: FreezeRequest): Promise<void> {
  await deps.database.transaction(async (query) => {
    const group = await lockGroup(query, request.group);
    if (await isFrozen(query, group, request)) return;
    const time = deps.now().toISOString();
    await setDesired(query, group, { request, time });
    await claimObjects(query, group, request.operation);
    if (request.plan !== null) await insertRevision(query, group, { request, plan: request.plan, time });
    await appendEvents(query, group.id, { time, events: await toFrozenEvents(query, group.id, request) });
    await expireRevisions(query, group.id);
    await markFrozen(query, group.id, request.operationId);
  });
}

/** The plan, where there is one, and where the targets stand now that it is theirs. */
export async function toFrozenEvents(
  query: Query,
  groupId: number,
  { operation, revision, plan, rolledBackTo }: Pick<FreezeRequest, 'operation' | 'revision' | 'plan' | 'rolledBackTo'>,
): Promise<readonly NewGroupEvent[]> {
  const targets = await toTargetsEvent(query, groupId, operation);
  if (plan === null) return [targets];
  const { digest, ...counts } = plan.summary;
  const taken = rolledBackTo === null ? {} : { rolledBackTo };
  return [{ type: 'planned', body: { number: operation, revision, ...taken, digest, counts } }, targets];
}

export async function markFrozen(query: Query, groupId: number, operationId: string): Promise<void> {
  await query('update operations set is_frozen = true where group_id = $1 and operation_id = $2', [
    groupId,
    operationId,
  ]);
}

/** @throws Failure `operation-superseded`, `document-not-found` */
export async function isFrozen(
  query: Query,
  group: GroupRow,
  request: Pick<FreezeRequest, 'operationId' | 'operation'>,
): Promise<boolean> {
  const { rows } = await query<{ is_frozen: boolean }>(
    'select is_frozen from operations where group_id = $1 and operation_id = $2',
    [group.id, request.operationId],
  );
  if (rows[0]?.is_frozen === true) return true;
  const object = `operation ${request.operationId} of group ${group.key}`;
  if (rows[0] === undefined || (await findOperationRow(query, group.id, request.operationId)) === null)
    throw new Failure('document-not-found', [{ object, expected: 'a requested operation', found: 'none' }]);
  if (group.fence <= request.operation) return false;
  const found = `operation ${group.fence}, which began later`;
  throw new Failure('operation-superseded', [{ object, expected: `number ${request.operation} to be newest`, found }]);
}

export async function insertRevision(
  query: Query,
  group: GroupRow,
  made: { request: FreezeRequest; plan: NonNullable<FreezeRequest['plan']>; time: string },
): Promise<void> {
  const { request, plan, time } = made;
  const { summary } = plan;
  await query(
    `insert into revisions (group_id, revision, instance, operation_id, created_at, rolled_back_to, plan, inputs, look_ups,
       waves, apps, clusters, targets, bundles, objects, bundle_ids)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
       array(select distinct bundle from targets where group_id = $1 and bundle is not null))`,
    [
      group.id,
      request.revision,
      request.instance,
      request.operationId,
      time,
      request.rolledBackTo,
      plan.digest,
      plan.content.inputs,
      plan.content.lookUps?.digest ?? null,
      summary.waves,
      summary.apps,
      summary.clusters,
      summary.targets,
      summary.bundles,
      summary.objects,
    ],
  );
}
