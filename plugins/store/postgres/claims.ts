import { Failure } from '#domain/failure.ts';

import type { Query } from './database.ts';
import type { GroupRow } from './group-rows.ts';

/** How many owned objects a refusal names. */
const named = 20;

/**
 * Objects that the operation wants on a cluster and that the group does not hold there already, as identity sets: an
 * update that brings no new object claims nothing.
 */
const fresh = `select distinct t.cluster, b.identity_set
  from targets t join bundles b on b.id = t.bundle left join bundles p on p.id = t.previous_bundle
  where t.group_id = $1 and t.operation = $2 and t.phase = 'Pending' and p.identity_set is distinct from b.identity_set`;

/**
 * A live group holds, per cluster, the objects of its desired bundles from their freezing on, and those of the bundles
 * before until the new ones (or their removal) got through.
 */
const heldPrevious = `t.phase in ('Pending', 'CrdsCommitted', 'Handed', 'Removing', 'Failed')`;

/**
 * An expression, which PostgreSQL hashes once. As a plain condition it becomes a join, for which the planner, without
 * statistics of rows that were written a moment ago, compares every cluster with every other.
 */
const onFresh = `coalesce(t.cluster in (select f.cluster from fresh f), false)`;

/**
 * Refuses objects that another live group holds on the same cluster. Freezing groups take turns at one row from here to
 * their commit, so of two that race for one object the second sees the first.
 * @throws Failure `object-owned`
 */
export async function claimObjects(query: Query, group: GroupRow, operation: number): Promise<void> {
  const { rows } = await query<{ identity_set: number }>(`select distinct identity_set from (${fresh}) as f`, [
    group.id,
    operation,
  ]);
  if (rows.length === 0) return;
  await query('select 1 from claims_turn for update');
  const rivals = await findRivals(
    query,
    group,
    rows.map(({ identity_set }) => identity_set),
  );
  if (rivals.length > 0) await refuseOwned(query, group, { operation, rivals });
}

/** Bundles of other groups that hold any of the objects, wherever they are. Mostly none. */
async function findRivals(query: Query, group: GroupRow, sets: readonly number[]): Promise<readonly number[]> {
  const { rows } = await query<{ id: number }>(
    `with sets as materialized (
       select distinct o.id from identity_sets s join identity_sets o on o.identities && s.identities where s.id = any($2))
     select b.id from bundles b join sets on sets.id = b.identity_set
     where exists (select 1 from targets t where t.bundle = b.id and t.group_id <> $1)
        or exists (select 1 from targets t where t.previous_bundle = b.id and t.group_id <> $1 and ${heldPrevious})`,
    [group.id, sets],
  );
  return rows.map(({ id }) => id);
}

interface OwnedRow {
  readonly cluster: string;
  readonly identity: string;
  readonly owner: string;
}

async function refuseOwned(
  query: Query,
  group: GroupRow,
  { operation, rivals }: { operation: number; rivals: readonly number[] },
): Promise<void> {
  const { rows } = await query<OwnedRow>(
    `with fresh as materialized (${fresh}),
     held as materialized (
       select t.cluster, t.group_id, b.identity_set from targets t join bundles b on b.id = t.bundle
       where t.bundle = any($3) and t.group_id <> $1 and ${onFresh}
       union
       select t.cluster, t.group_id, b.identity_set from targets t join bundles b on b.id = t.previous_bundle
       where t.previous_bundle = any($3) and t.group_id <> $1 and ${heldPrevious} and ${onFresh})
     select distinct f.cluster, i.identity, g.key as owner
     from fresh f join held h on h.cluster = f.cluster
     join identity_sets s on s.id = f.identity_set join identity_sets o on o.id = h.identity_set
     join groups g on g.id = h.group_id
     cross join lateral (select unnest(s.identities) intersect select unnest(o.identities)) as i (identity)
     order by f.cluster, i.identity limit $4`,
    [group.id, operation, rivals, named],
  );
  if (rows.length === 0) return;
  throw new Failure(
    'object-owned',
    rows.map(({ cluster, identity, owner }) => ({
      object: `object ${identity} on cluster ${cluster}`,
      expected: `no owner but group ${group.key}`,
      found: `group ${owner}`,
    })),
  );
}
