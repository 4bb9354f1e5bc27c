import type { Audit, AuditRow } from '#domain/ports/plans.ts';

import type { Database, Query } from './database.ts';

export function makeAudit(database: Database): Audit {
  return {
    append: (row) => appendAudit(database.query, [row]),
    async list(objectPrefix, limit) {
      // the character after all others closes the range of a prefix in collation C
      const { rows } = await database.query<AuditRow & Record<string, string>>(
        `select time, actor, action, object, before, after, detail from audit
         where object >= $1 and object < $1 || chr(1114111) order by id desc limit $2`,
        [objectPrefix, limit],
      );
      return rows;
    },
  };
}

/** Called inside the transaction of the change itself. */
export async function appendAudit(query: Query, rows: readonly AuditRow[]): Promise<void> {
  await query(
    `insert into audit (time, actor, action, object, before, after, detail)
     select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])`,
    [
      rows.map(({ time }) => time),
      rows.map(({ actor }) => actor),
      rows.map(({ action }) => action),
      rows.map(({ object }) => object),
      rows.map(({ before }) => before),
      rows.map(({ after }) => after),
      rows.map(({ detail }) => detail),
    ],
  );
}
