import type { GroupKey } from '#domain/group.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Groups, RevisionRecord } from '#domain/ports/groups.ts';

import type { Database, Query } from './database.ts';

/** How many newest revisions of a group can be rolled back to, besides its last verified one. */
const keptRevisions = 20;

interface RevisionRow {
  readonly key: GroupKey;
  readonly revision: number;
  readonly instance: string;
  readonly operation_id: string;
  readonly created_at: string;
  readonly rolled_back_to: number | null;
  readonly is_verified: boolean;
  readonly plan: BlobAddress;
  readonly waves: number;
  readonly apps: number;
  readonly clusters: number;
  readonly targets: number;
  readonly bundles: number;
  readonly objects: number;
}

/** Expired revisions are neither listed nor found: nothing of them but the row is left. */
const select = `select g.key, r.revision, r.instance, r.operation_id, r.created_at, r.rolled_back_to, r.is_verified, r.plan,
    r.waves, r.apps, r.clusters, r.targets, r.bundles, r.objects
  from revisions r join groups g on g.id = r.group_id where g.key = $1 and not r.is_expired`;

export function makeRevisions(database: Database): Pick<Groups, 'listRevisions' | 'findRevision' | 'markVerified'> {
  return {
    async listRevisions(group) {
      const { rows } = await database.query<RevisionRow>(`${select} order by r.revision`, [group]);
      return rows.map(toRevision);
    },
    async findRevision(group, revision) {
      const { rows } = await database.query<RevisionRow>(`${select} and r.revision = $2`, [group, revision]);
      return rows[0] === undefined ? null : toRevision(rows[0]);
    },
    async markVerified(group, revision) {
      await database.query(
        `update revisions set is_verified = true
         where group_id = (select id from groups where key = $1) and revision = $2 and not is_verified`,
        [group, revision],
      );
    },
  };
}

const toRevision = (row: RevisionRow): RevisionRecord => ({
  group: row.key,
  revision: row.revision,
  instance: row.instance,
  operationId: row.operation_id,
  createdAt: row.created_at,
  rolledBackTo: row.rolled_back_to,
  verified: row.is_verified,
  digest: row.plan,
  waves: row.waves,
  apps: row.apps,
  clusters: row.clusters,
  targets: row.targets,
  bundles: row.bundles,
  objects: row.objects,
});

/** Expires what is neither among the newest, nor the last verified, nor named by an open rollback. */
export async function expireRevisions(query: Query, groupId: number): Promise<void> {
  await query(
    `update revisions r set is_expired = true, bundle_ids = '{}'
     where r.group_id = $1 and not r.is_expired
       and r.revision not in (select revision from revisions where group_id = $1 order by revision desc limit $2)
       and r.revision is distinct from (select max(revision) from revisions where group_id = $1 and is_verified)
       and not exists (select 1 from operations o
         where o.group_id = $1 and o.state in ('requested', 'accepted') and o.to_revision = r.revision)`,
    [groupId, keptRevisions],
  );
}
