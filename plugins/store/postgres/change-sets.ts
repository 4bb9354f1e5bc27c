import type { ChangeSetOutcome, Plans } from '#domain/ports/plans.ts';

import type { Database } from './database.ts';
import { groupNotFound } from './group-rows.ts';

type ChangeSets = Pick<Plans, 'saveChangeSet' | 'findChangeSet' | 'endChangeSet'>;

/** A change set without an outcome is `handed`; it goes with its group, and an outcome for none is ignored. */
export function makeChangeSets(database: Database): ChangeSets {
  return {
    async saveChangeSet(digest, group, operation) {
      const { count } = await database.query(
        `insert into change_sets as c (digest, group_id, operation) select $1, id, $3 from groups where key = $2
         on conflict (digest) do update set operation = greatest(c.operation, excluded.operation), saved_at = now()`,
        [digest, group, operation],
      );
      if (count === 0) throw groupNotFound(group);
    },
    async findChangeSet(digest) {
      const { rows } = await database.query<ChangeSetRow>(
        'select state, commit_id, tree, message from change_sets where digest = $1',
        [digest],
      );
      const [row] = rows;
      if (row === undefined) return null;
      return { state: row.state, commit: row.commit_id, tree: row.tree, message: row.message };
    },
    async endChangeSet(digest, outcome) {
      await database.query(
        `update change_sets set state = $2, commit_id = $3, tree = $4, message = $5 where digest = $1 and state = 'handed'`,
        [digest, outcome.state, outcome.commit, outcome.tree, outcome.message],
      );
    },
  };
}

interface ChangeSetRow {
  readonly state: ChangeSetOutcome['state'];
  readonly commit_id: string;
  readonly tree: string;
  readonly message: string;
}
