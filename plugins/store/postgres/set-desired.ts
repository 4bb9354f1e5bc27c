import { createHash } from 'node:crypto';

import { Failure } from '#domain/failure.ts';
import type { ClusterKey } from '#domain/group.ts';
import { toCanonicalJson } from '#domain/json.ts';
import type { Plan, PlanTarget } from '#domain/plan.ts';
import type { FreezeRequest } from '#domain/ports/plans.ts';

import { toBatches } from './batches.ts';
import type { Query } from './database.ts';
import type { GroupRow } from './group-rows.ts';

interface Freezing {
  readonly request: FreezeRequest;
  readonly time: string;
}

/**
 * What a cluster (probably) has now: a delivery under way or failed counts as there, so that a removal removes it; one whose
 * hook failed before it was begun does not.
 */
const there = `case when t.bundle is not null and (t.phase in ('CrdsCommitted', 'Handed')
    or t.phase = 'Failed' and not (t.hook_state in ('failed', 'failing', 'clearing', 'disposing') and t.commit_id = ''))
  then t.bundle else t.standing_bundle end`;

/** Same content by the same way, and it got there with all its hooks: nothing to do. */
const stands = `t.bundle = excluded.bundle and t.delivery = excluded.delivery
  and t.phase in ('Committed', 'Deployed', 'Ready') and t.hook_occasion is null and t.hook_content is null`;

/** Hooks begin anew with each operation that has something to do; what an earlier one left is cleared first. */
const beginHooks = `hooks_done = 0, hook_state = case when t.hook_content is null then 'idle' else 'left' end,
  hook_content = t.hook_content, hook_since = $4`;

/** An install that did not end with its last hook is an install again. */
const occasion = `case when ${stands} or excluded.hook_occasion is null then null
  when t.hook_occasion = 'install' or (${there}) is null then 'install' else $13 end`;

/**
 * Writes the desired side of every target of the group:
 * - of the plan and standing: takes operation, revision and wave, keeps phase, commit and message;
 * - of the plan otherwise (new, changed, failed, not yet delivered, delivered another way): Pending;
 * - no longer of the plan: bundle null, Pending (then Removing, Removed), keeps its wave;
 * - already Removed: dropped, or new again.
 * Where something is to do, the bundle's hooks begin: of the plan's bundle, or of the one that leaves.
 */
export async function setDesired(query: Query, group: GroupRow, freezing: Freezing): Promise<void> {
  const { request, time } = freezing;
  const { removal } = request;
  await query(`delete from targets where group_id = $1 and phase = 'Removed'`, [group.id]);
  const targets = request.plan?.content.targets ?? [];
  for (const batch of toBatches(targets, ({ bundle }) => bundle.length + 16)) {
    if (request.plan !== null) await upsert(query, group, { ...freezing, batch, plan: request.plan.content });
  }
  await query(
    `update targets t set bundle = null, previous_bundle = ${there}, operation = $2, revision = $3, phase = 'Pending',
       commit_id = '', message = '', phase_since = $4, ${beginHooks},
       deletes_crds = $6::boolean, skips_hooks = $5::boolean,
       hook_occasion = case when exists (select 1 from bundles b where b.id = (${there})
         and (b.hook_count > 0 and not $5::boolean or b.tree_crds is not null and $6::boolean)) then 'delete' end
     where group_id = $1 and operation <> $2`,
    [group.id, request.operation, request.revision, time, removal?.skipHooks === true, removal?.deleteCrds === true],
  );
}

async function upsert(
  query: Query,
  group: GroupRow,
  { batch, plan, request, time }: Freezing & { batch: readonly PlanTarget[]; plan: Plan },
): Promise<void> {
  const lists = toLists(batch, plan);
  const { count } = await query(
    `insert into targets as t (group_id, app, cluster, bundle, delivery, operation, revision, wave, phase, phase_since,
       hook_occasion, hook_since)
     select $1, a.app, c.cluster, b.id, c.delivery, $2, $3, a.wave, 'Pending', $4,
       case when b.hook_count > 0 then 'install' end, $4
     from unnest($5::int[], $6::int[], $7::int[]) as x (app, cluster, bundle)
     join unnest($8::text[], $9::int[]) with ordinality as a (app, wave, place) on a.place = x.app
     join unnest($10::text[], $11::text[]) with ordinality as c (cluster, delivery, place) on c.place = x.cluster
     join (select n.place, b.id, b.hook_count from unnest($12::text[]) with ordinality as n (address, place)
       join bundles b on b.address = n.address) as b on b.place = x.bundle
     on conflict (group_id, app, cluster) do update set
       bundle = excluded.bundle, previous_bundle = ${there}, delivery = excluded.delivery,
       operation = excluded.operation, revision = excluded.revision, wave = excluded.wave,
       phase = case when ${stands} then t.phase else 'Pending' end,
       commit_id = case when ${stands} then t.commit_id else '' end,
       message = case when ${stands} then t.message else '' end,
       phase_since = case when ${stands} then t.phase_since else excluded.phase_since end,
       hook_occasion = ${occasion}, deletes_crds = false, skips_hooks = false, ${beginHooks}`,
    [
      group.id,
      request.operation,
      request.revision,
      time,
      ...lists,
      request.rolledBackTo === null ? 'upgrade' : 'rollback',
    ],
  );
  if (count === batch.length) return;
  const expected = `${batch.length} targets whose bundles are stored`;
  throw new Failure('internal', [{ object: `plan of group ${group.key}`, expected, found: `${count}` }]);
}

/** Places in dictionaries instead of names: 5,000 targets over 1,000 clusters stay far below one megabyte. */
function toLists(batch: readonly PlanTarget[], plan: Plan): readonly unknown[] {
  const waves = new Map(plan.apps.map(({ app, wave }) => [app, wave]));
  const deliveries = new Map(plan.clusters.map(({ cluster, delivery }) => [cluster, toDeliveryDigest(delivery)]));
  const apps = new Dictionary<string>();
  const clusters = new Dictionary<ClusterKey>();
  const bundles = new Dictionary<string>();
  const places = [
    batch.map(({ app }) => apps.place(app)),
    batch.map(({ cluster }) => clusters.place(cluster)),
    batch.map(({ bundle }) => bundles.place(bundle)),
  ];
  return [
    ...places,
    apps.words(),
    apps.words().map((app) => waves.get(app) ?? 0),
    clusters.words(),
    clusters.words().map((cluster) => deliveries.get(cluster) ?? ''),
    bundles.words(),
  ];
}

const toDeliveryDigest = (delivery: Plan['clusters'][number]['delivery']): string =>
  createHash('sha256')
    .update(toCanonicalJson({ ...delivery }))
    .digest('hex')
    .slice(0, 16);

/** Gives each distinct word its place, from 1. */
class Dictionary<Word> {
  readonly #places = new Map<Word, number>();

  place(word: Word): number {
    const place = this.#places.get(word) ?? this.#places.size + 1;
    this.#places.set(word, place);
    return place;
  }

  words(): readonly Word[] {
    return [...this.#places.keys()];
  }
}
