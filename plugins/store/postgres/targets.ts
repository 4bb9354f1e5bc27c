import type { GroupKey } from '#domain/group.ts';
import type { Plans, TargetChange } from '#domain/ports/plans.ts';
import type { Progress } from '#domain/status.ts';

import { toBatches } from './batches.ts';
import type { Database, Query } from './database.ts';
import { appendEvents, lockEvents } from './events.ts';
import { readTargets } from './read-targets.ts';
import type { MovedRow } from './target-events.ts';
import { selectMoved, toMovedEvents, toTargetsEvent } from './target-events.ts';

type Targets = Pick<Plans, 'targets' | 'moveTargets' | 'dropRemoved' | 'progress' | 'groupsOn' | 'setConnectivity'>;

/** Something of the target is, or may be, on its cluster. */
export const isLeft = `(phase <> 'Removed' and (phase <> 'Pending' or previous_bundle is not null))`;

export interface TargetsDeps {
  readonly database: Database;
  readonly now: () => Date;
}

export function makeTargets(deps: TargetsDeps): Targets {
  const { query } = deps.database;
  return {
    targets: (group) => readTargets(query, group),
    moveTargets: (group, operation, changes) => moveTargets(deps, { group, operation, changes }),
    async dropRemoved(group) {
      await query(
        `with gone as (
           delete from targets where group_id = (select id from groups where key = $1) and phase = 'Removed'
           returning app, cluster)
         delete from observations o using gone
         where o.gid = (select gid from groups where key = $1) and o.cluster = gone.cluster
           and o.app in (gone.app, gone.app || '/crds')`,
        [group],
      );
    },
    async progress(group) {
      const { rows } = await query<Progress & Record<string, number>>(selectProgress, [group]);
      return rows[0] ?? nothing;
    },
    async groupsOn(cluster) {
      const { rows } = await query<{ group: GroupKey; gid: string }>(
        `select distinct g.key as group, g.gid from targets t join groups g on g.id = t.group_id
         where t.cluster = $1 and t.phase <> 'Removed' order by g.key`,
        [cluster],
      );
      return rows;
    },
    async setConnectivity(cluster, connectivity, message) {
      await query(
        `insert into connectivity as c (cluster, state, message) values ($1, $2, $3)
         on conflict (cluster) do update set state = excluded.state, message = excluded.message
         where (c.state, c.message) is distinct from (excluded.state, excluded.message)`,
        [cluster, connectivity, message],
      );
    },
  };
}

interface Move {
  readonly group: GroupKey;
  readonly operation: number;
  readonly changes: readonly TargetChange[];
}

/**
 * A commit that is not given stays; a message that is not given goes with the phase that it belonged to. Handed over once
 * more counts as a change of phase, so that the wait for an answer starts anew.
 */
async function moveTargets({ database, now }: TargetsDeps, { group, operation, changes }: Move): Promise<void> {
  const time = now().toISOString();
  const sorted = changes.toSorted((a, b) => compare(`${a.app}\0${a.cluster}`, `${b.app}\0${b.cluster}`));
  await database.transaction(async (query) => {
    const groupId = await lockEvents(query, group);
    if (groupId === null) return;
    const moved: MovedRow[] = [];
    for (const batch of toBatches(sorted, ({ message = '' }) => message.length + 120)) {
      moved.push(...(await moveBatch(query, { groupId, operation, time, batch })));
    }
    if (moved.every((row) => row.moved === 0)) return;
    const events = [...toMovedEvents(moved, operation), await toTargetsEvent(query, groupId, operation)];
    await appendEvents(query, groupId, { time, events });
  });
}

interface MoveBatch {
  readonly groupId: number;
  readonly operation: number;
  readonly time: string;
  readonly batch: readonly TargetChange[];
}

async function moveBatch(query: Query, { groupId, operation, time, batch }: MoveBatch): Promise<readonly MovedRow[]> {
  const { rows } = await query<MovedRow & Record<string, number | string>>(
    `with moved as (update targets t set phase = n.phase, commit_id = coalesce(n.commit_id, t.commit_id),
         message = n.message,
         phase_since = case when n.phase <> t.phase or n.phase = 'Handed' then $3 else t.phase_since end,
         standing_bundle = case when n.phase in ('Committed', 'Deployed', 'Ready') then t.bundle
           when n.phase = 'Removed' then null else t.standing_bundle end
       from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         as n (app, cluster, phase, commit_id, message)
       where t.group_id = $1 and t.app = n.app and t.cluster = n.cluster
         and t.operation <= $2 and (n.phase = 'Handed' or (t.phase, t.commit_id, t.message)
           is distinct from (n.phase, coalesce(n.commit_id, t.commit_id), n.message))
       returning t.app, t.cluster, t.phase, t.message)
     ${selectMoved}`,
    [
      groupId,
      operation,
      time,
      batch.map(({ app }) => app),
      batch.map(({ cluster }) => cluster),
      batch.map(({ phase }) => phase),
      batch.map(({ commit }) => commit ?? null),
      batch.map(({ message }) => message ?? ''),
    ],
  );
  return rows;
}

const compare = (left: string, right: string): number => Number(left > right) - Number(left < right);

/** CRDs that are committed ahead of their app count as handed: the app is on its way. */
const selectProgress = `select count(*) as total,
    count(*) filter (where t.phase = 'Pending') as pending,
    count(*) filter (where t.phase in ('CrdsCommitted', 'Handed')) as handed,
    count(*) filter (where t.phase = 'Committed') as committed,
    count(*) filter (where t.phase = 'Deployed') as deployed,
    count(*) filter (where t.phase = 'Ready') as ready,
    count(*) filter (where t.phase = 'Failed') as failed,
    count(*) filter (where t.phase = 'Removing') as removing,
    count(*) filter (where t.phase = 'Removed') as removed,
    count(*) filter (where c.state = 'Retrying') as offline
  from targets t left join connectivity c on c.cluster = t.cluster
  where t.group_id = (select id from groups where key = $1)`;

const nothing: Progress = {
  total: 0,
  pending: 0,
  handed: 0,
  committed: 0,
  deployed: 0,
  ready: 0,
  failed: 0,
  removing: 0,
  removed: 0,
  offline: 0,
};
