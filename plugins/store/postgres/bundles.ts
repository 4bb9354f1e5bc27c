import { createHash } from 'node:crypto';

import type { BundleHook } from '#domain/hooks.ts';
import type { BundleRecord } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Plans } from '#domain/ports/plans.ts';

import { toBatches } from './batches.ts';
import type { Database } from './database.ts';

/**
 * Bundles that hold the same objects (with whatever content) share one row of `identity_sets`, so claims on a thousand
 * clusters are compared set by set.
 */
export function makeBundles(database: Database): Pick<Plans, 'putBundles' | 'findBundles' | 'countBundles'> {
  return {
    putBundles: (records) => putBundles(database, records),
    findBundles: (addresses) => findBundles(database, [...new Set(addresses)]),
    async countBundles(addresses) {
      const { rows } = await database.query<{ count: number }>('select count(*) from bundles where address = any($1)', [
        addresses,
      ]);
      return rows[0]?.count ?? 0;
    },
  };
}

interface KeyedRecord extends BundleRecord {
  readonly set: string;
}

async function putBundles(database: Database, records: readonly BundleRecord[]): Promise<void> {
  const distinct = new Map(records.map((record) => [record.address, { ...record, set: toSetDigest(record) }]));
  const keyed = [...distinct.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  const sets = new Map(keyed.map(({ set, identities }) => [set, JSON.stringify(identities.toSorted())]));
  for (const batch of toBatches([...sets].sort(), ([, identities]) => identities.length + 80)) {
    await database.query(
      `insert into identity_sets (digest, identities)
       select digest, array(select jsonb_array_elements_text(identities::jsonb))
       from unnest($1::text[], $2::text[]) as n (digest, identities) on conflict do nothing`,
      [batch.map(([digest]) => digest), batch.map(([, identities]) => identities)],
    );
  }
  for (const batch of toBatches(keyed, ({ hooks }) => 250 + JSON.stringify(hooks).length))
    await insert(database, batch);
}

const toSetDigest = ({ identities }: BundleRecord): string =>
  createHash('sha256').update(JSON.stringify(identities.toSorted())).digest('hex');

async function insert(database: Database, records: readonly KeyedRecord[]): Promise<void> {
  await database.query(
    `insert into bundles (address, identity_set, tree_main, tree_crds, object_count, hook_count, hooks, has_secret)
     select n.address, s.id, n.main, n.crds, n.objects, n.hook_count, n.hooks, n.secret
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::boolean[])
       as n (address, set, main, crds, objects, hook_count, hooks, secret)
     join identity_sets s on s.digest = n.set
     on conflict (address) do update set put_at = now(), hooks = excluded.hooks`,
    [
      records.map(({ address }) => address),
      records.map(({ set }) => set),
      records.map(({ trees }) => trees.main),
      records.map(({ trees }) => trees.crds),
      records.map(({ objectCount }) => objectCount),
      records.map(({ hooks }) => hooks.length),
      records.map(({ hooks }) => JSON.stringify(hooks)),
      records.map(({ hasSecret }) => hasSecret),
    ],
  );
}

interface BundleRow {
  readonly address: BlobAddress;
  readonly tree_main: string | null;
  readonly tree_crds: string | null;
  readonly identity_set: number;
  readonly object_count: number;
  readonly hooks: string;
  readonly has_secret: boolean;
}

/** A thousand variants of an app mostly have one set of objects, which is read once. */
async function findBundles(
  database: Database,
  addresses: readonly BlobAddress[],
): Promise<ReadonlyMap<BlobAddress, BundleRecord>> {
  const found: BundleRow[] = [];
  for (const batch of toBatches(addresses, () => 200)) {
    const { rows } = await database.query<BundleRow>(
      `select address, tree_main, tree_crds, identity_set, object_count, hooks, has_secret
       from bundles where address = any($1)`,
      [batch],
    );
    found.push(...rows);
  }
  const sets = await findIdentitySets(database, [...new Set(found.map((row) => row.identity_set))]);
  return new Map(found.map((row) => [row.address, toRecord(row, sets.get(row.identity_set) ?? [])]));
}

export async function findIdentitySets(
  database: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const found = new Map<number, readonly string[]>();
  for (const batch of toBatches(ids, () => 2000)) {
    const { rows } = await database.query<{ id: number; identities: readonly string[] }>(
      'select id, identities from identity_sets where id = any($1)',
      [batch],
    );
    for (const { id, identities } of rows) found.set(id, identities);
  }
  return found;
}

const toRecord = (row: BundleRow, identities: readonly string[]): BundleRecord => ({
  address: row.address,
  trees: { main: row.tree_main, crds: row.tree_crds },
  identities,
  objectCount: row.object_count,
  // written by `insert` from the same type
  hooks: JSON.parse(row.hooks) as readonly BundleHook[],
  hasSecret: row.has_secret,
});
