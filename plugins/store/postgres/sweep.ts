import type { Database } from './database.ts';
import { deleteOldEvents } from './events.ts';

export interface SweepResult {
  readonly blobs: number;
  readonly bundles: number;
  readonly changeSets: number;
}

const old = `now() - make_interval(days => $1)`;

const deleteChangeSets = `delete from change_sets c using groups g
  where g.id = c.group_id and c.saved_at < ${old} and (c.state <> 'handed' or c.operation < g.fence)`;

const deleteBundles = `delete from bundles b where b.put_at < ${old}
  and not exists (select 1 from targets t where t.bundle = b.id)
  and not exists (select 1 from targets t where t.previous_bundle = b.id)
  and b.id not in (select standing_bundle from targets where standing_bundle is not null)
  and b.id not in (select unnest(bundle_ids) from revisions where not is_expired)`;

/** Kept as long as a plan that they had a part in, also where it was taken again, or over by another group. */
const deleteExchanges = `delete from exchanges e where e.opened_at < ${old}
  and not exists (select 1 from revisions made join revisions kept on kept.group_id = made.group_id
    and kept.plan = made.plan and not kept.is_expired
    where made.operation_id = e.operation_id)`;

/** Facts are small caches and heads; whatever looks like an address in them is one. */
const referenced = `select unnest(file_addresses) from documents
  union select plan from revisions where not is_expired
  union select inputs from revisions where not is_expired
  union select look_ups from revisions where look_ups is not null and not is_expired
  union select address from bundles
  union select digest from change_sets
  union select request from exchanges
  union select taken from exchanges where taken is not null
  union select hook_content from targets where hook_content is not null
  union select (regexp_matches(value, '[0-9a-f]{64}', 'g'))[1] from facts`;

/** The first piece makes a blob exist; its time is judged once more when the row is locked. */
const deleteFirstPieces = `delete from blobs b where b.piece = 0 and b.put_at < ${old} and b.address not in (${referenced})`;

const deleteOrphans = `delete from blobs b where b.piece > 0 and b.put_at < ${old}
  and not exists (select 1 from blobs f where f.address = b.address and f.piece = 0)`;

const busyTables = [
  'blobs',
  'bundles',
  'change_sets',
  'events',
  'exchanges',
  'groups',
  'observations',
  'operations',
  'revisions',
  'targets',
];

/** Deletes from the leaves inward, then tidies: the embedded database has no autovacuum. */
export async function sweep(database: Database, olderThanDays: number): Promise<SweepResult> {
  const changeSets = await database.query(deleteChangeSets, [olderThanDays]);
  const bundles = await database.query(deleteBundles, [olderThanDays]);
  await database.query(deleteExchanges, [olderThanDays]);
  const blobs = await database.query(deleteFirstPieces, [olderThanDays]);
  await database.query(deleteOrphans, [olderThanDays]);
  await database.query(deleteOldEvents);
  await database.query(`vacuum (analyze) ${busyTables.join(', ')}`);
  return { blobs: blobs.count, bundles: bundles.count, changeSets: changeSets.count };
}
