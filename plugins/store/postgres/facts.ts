import type { Facts } from '#domain/ports/store.ts';

import type { Database } from './database.ts';

export function makeFacts(database: Database): Facts {
  return {
    async get(name) {
      const { rows } = await database.query<{ value: string }>('select value from facts where name = $1', [name]);
      return rows[0]?.value ?? null;
    },
    async getMany(names) {
      const { rows } = await database.query<{ name: string; value: string }>(
        'select name, value from facts where name = any($1)',
        [names],
      );
      return new Map(rows.map(({ name, value }) => [name, value]));
    },
    async swap(name, expected, value) {
      const { count } =
        expected === null
          ? await database.query('insert into facts (name, value) values ($1, $2) on conflict do nothing', [
              name,
              value,
            ])
          : await database.query('update facts set value = $3, updated_at = now() where name = $1 and value = $2', [
              name,
              expected,
              value,
            ]);
      return count === 1;
    },
    async set(name, value) {
      await database.query(
        `insert into facts (name, value) values ($1, $2)
         on conflict (name) do update set value = excluded.value, updated_at = now()`,
        [name, value],
      );
    },
  };
}
