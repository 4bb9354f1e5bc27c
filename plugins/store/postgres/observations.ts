import type { ClusterKey } from '#domain/group.ts';
import { toIdentityKey } from '#domain/manifest.ts';
import type { Plans } from '#domain/ports/plans.ts';
import type { Observation, ResourceHealth } from '#domain/status.ts';

import { toBatches } from './batches.ts';
import type { Database } from './database.ts';

export function makeObservations(database: Database): Pick<Plans, 'observe' | 'observations'> {
  return {
    observe: (observations) => observe(database, observations),
    async observations(gid) {
      const { rows } = await database.query<ObservationRow>(
        `select cluster, gid, app, applied_revision, is_current, is_present, message, resources, observed_at,
           attempted_revision
         from observations where gid = $1 order by app, cluster`,
        [gid],
      );
      return rows.map(toObservation);
    },
  };
}

interface ObservationRow {
  readonly cluster: ClusterKey;
  readonly gid: string;
  readonly app: string;
  readonly applied_revision: string;
  readonly is_current: boolean;
  readonly is_present: boolean;
  readonly message: string;
  readonly resources: string;
  readonly observed_at: string;
  readonly attempted_revision: string;
}

const toObservation = (row: ObservationRow): Observation => ({
  cluster: row.cluster,
  gid: row.gid,
  app: row.app,
  appliedRevision: row.applied_revision,
  ...(row.attempted_revision === '' ? {} : { attemptedRevision: row.attempted_revision }),
  current: row.is_current,
  present: row.is_present,
  message: row.message,
  // written by `observe` from the same type
  resources: JSON.parse(row.resources) as readonly ResourceHealth[],
  observedAt: row.observed_at,
});

interface TextedObservation extends Omit<Observation, 'resources'> {
  readonly resources: string;
  readonly health: string;
}

/** What a summary counts, the same text for the same health: a line per object, in order. */
const toHealthText = (resources: readonly ResourceHealth[]): string =>
  resources
    .map((resource) => `${toIdentityKey(resource)} ${resource.status}`)
    .sort()
    .join('\n');

/** The last of one place in a list wins; an older look (of a watcher that lost its place) does not cover a newer one. */
async function observe(database: Database, observations: readonly Observation[]): Promise<void> {
  const latest = new Map(observations.map((o) => [`${o.gid}\0${o.app}\0${o.cluster}`, o]));
  const texted = [...latest]
    .sort(([a], [b]) => Number(a > b) - Number(a < b))
    .map(
      ([, o]): TextedObservation => ({
        ...o,
        resources: JSON.stringify(o.resources),
        health: toHealthText(o.resources),
      }),
    );
  for (const batch of toBatches(texted, (o) => o.resources.length + o.health.length + o.message.length + 200)) {
    await database.query(upsert, toColumns(batch));
  }
}

/** A time ahead of the database's own is a clock that was wrong: it does not hold the row. */
const upsert = `insert into observations as o
    (gid, app, cluster, applied_revision, is_current, is_present, message, resources, observed_at, health,
     attempted_revision)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[], $7::text[],
    $8::text[], $9::timestamptz[], $10::text[], $11::text[])
  on conflict (gid, app, cluster) do update set applied_revision = excluded.applied_revision,
    is_current = excluded.is_current, is_present = excluded.is_present, message = excluded.message,
    resources = excluded.resources, observed_at = excluded.observed_at, health = excluded.health,
    attempted_revision = excluded.attempted_revision
  where excluded.observed_at >= o.observed_at or o.observed_at > now()`;

const toColumns = (batch: readonly TextedObservation[]): readonly unknown[] => [
  batch.map(({ gid }) => gid),
  batch.map(({ app }) => app),
  batch.map(({ cluster }) => cluster),
  batch.map(({ appliedRevision }) => appliedRevision),
  batch.map(({ current }) => current),
  batch.map(({ present }) => present),
  batch.map(({ message }) => message),
  batch.map(({ resources }) => resources),
  batch.map(({ observedAt }) => observedAt),
  batch.map(({ health }) => health),
  batch.map(({ attemptedRevision }) => attemptedRevision ?? ''),
];
