import type { GroupKey } from '#domain/group.ts';
import type { Plans, TargetChange } from '#domain/ports/plans.ts';
import type { Progress } from '#domain/status.ts';

import { toBatches } from './batches.ts';
import type { Database } from './database.ts';
import { appendEvents, lockEvents } from './events.ts';
import { moveBatch } from './move-batch.ts';
import { readTargets } from './read-targets.ts';
import type { MovedRow } from './target-events.ts';
import { toMovedEvents, toTargetsEvent } from './target-events.ts';

type Targets = Pick<Plans, 'targets' | 'moveTargets' | 'dropRemoved' | 'progress' | 'groupsOn' | 'setConnectivity'>;

/** Something of the target is, or may be, on its cluster. */
export const isLeft = `(phase <> 'Removed' and (phase <> 'Pending' or previous_bundle is not null or hook_content is not null))`;

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
           and o.app in (gone.app, gone.app || '/crds', gone.app || '/hooks')`,
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

async function moveTargets({ database, now }: TargetsDeps, { group, operation, changes }: Move): Promise<void> {
  const time = now().toISOString();
  const sorted = changes.toSorted((a, b) => compare(`${a.app}\0${a.cluster}`, `${b.app}\0${b.cluster}`));
  await database.transaction(async (query) => {
    const groupId = await lockEvents(query, group);
    if (groupId === null) return;
    const moved: MovedRow[] = [];
    for (const batch of toBatches(sorted, toBytes)) {
      moved.push(...(await moveBatch(query, { groupId, operation, time, batch })));
    }
    if (moved.every((row) => row.moved === 0)) return;
    const events = [...toMovedEvents(moved, operation), await toTargetsEvent(query, groupId, operation)];
    await appendEvents(query, groupId, { time, events });
  });
}

const toBytes = ({ message = '', hook }: TargetChange): number => message.length + (hook === undefined ? 120 : 300);

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
