import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { Plans, TargetClass } from '#domain/ports/plans.ts';
import type { ResourceStatus, TargetPhase } from '#domain/status.ts';

import { findIdentitySets } from './bundles.ts';
import type { Database } from './database.ts';

/** What is known of thousands of targets in a few rows: they are counted where they lie. */
export function makeSummaries(database: Database): Pick<Plans, 'summarise' | 'notedTargets'> {
  return {
    summarise: (group, wanted) => summarise(database, group, wanted),
    async notedTargets(group, limit) {
      const { rows } = await database.query<NotedRow>(selectNoted, [group, limit]);
      return rows;
    },
  };
}

interface NotedRow {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly phase: TargetPhase;
  readonly message: string;
}

/** The same words as in `targets`: without one of its own a target says why its cluster does not answer. */
const selectNoted = `select * from (
    select t.app, t.cluster, t.phase,
      case when t.message = '' and c.state = 'Retrying' then c.message else t.message end as message
    from targets t left join connectivity c on c.cluster = t.cluster
    where t.group_id = (select id from groups where key = $1)) noted
  where message <> '' order by app, cluster limit $2`;

interface ClassRow {
  readonly phase: TargetPhase;
  readonly is_wanted: boolean;
  readonly identity_set: number | null;
  readonly object_count: number | null;
  readonly has_crds: boolean;
  readonly health: string;
  readonly targets: number;
}

const selectClasses = `select t.phase, t.bundle is not null as is_wanted, b.identity_set, b.object_count,
    b.tree_crds is not null as has_crds, coalesce(o.health, '') as health, count(*) as targets
  from groups g join targets t on t.group_id = g.id
  left join bundles b on b.id = coalesce(t.bundle, t.previous_bundle)
  left join observations o
    on $4 and o.gid = g.gid and o.app = t.app and o.cluster = t.cluster and o.is_present
  where g.key = $1 and (cardinality($2::text[]) = 0 or t.app = any($2))
    and (cardinality($3::text[]) = 0 or t.cluster = any($3))
  group by 1, 2, 3, 4, 5, 6`;

async function summarise(
  database: Database,
  group: GroupKey,
  { apps = [], clusters = [], health }: Parameters<Plans['summarise']>[1],
): Promise<readonly TargetClass[]> {
  const { rows } = await database.query<ClassRow>(selectClasses, [group, apps, clusters, health]);
  const ids = rows.map((row) => row.identity_set).filter((id) => id !== null);
  const sets = health ? await findIdentitySets(database, [...new Set(ids)]) : new Map<number, readonly string[]>();
  return rows.map((row) => ({
    phase: row.phase,
    isWanted: row.is_wanted,
    objectCount: row.object_count ?? 0,
    hasCrds: row.has_crds,
    identities: row.identity_set === null ? [] : (sets.get(row.identity_set) ?? []),
    health: parseHealth(row.health),
    targets: row.targets,
  }));
}

/** Reads what `toHealthText` wrote. */
const parseHealth = (text: string): ReadonlyMap<string, ResourceStatus> =>
  new Map(
    text === ''
      ? []
      : text.split('\n').map((line) => {
          const at = line.lastIndexOf(' ');
          // the last word of a line is a status
          return [line.slice(0, at), line.slice(at + 1) as ResourceStatus] as const;
        }),
  );
