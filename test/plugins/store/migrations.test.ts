import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import { migrations } from '#plugins/store/postgres/migrations/index.ts';

it('count from 1 without gaps, since a database knows only how many it has', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, at) => at + 1));
});

it('keep what a database holds since the first of them', async () => {
  await using database = new PGlite();
  const [first, ...later] = migrations;
  await database.exec(first?.sql ?? '');
  await database.exec(`
    insert into documents (key, kind, parent, body, files, file_addresses, digest, created_at, updated_at)
    values ('/p', 'project', null, '{}', '[]', '{}', 'd', now(), now()), ('/p/a', 'app', '/p', '{}', '[]', '{}', 'd', now(), now());
    insert into observations values ('1', 'web', 'edge+c1', 'abc', true, true, '',
      '[{"group":"","version":"v1","kind":"ConfigMap","namespace":"shop","name":"web","status":"Current","message":""}]', now())`);
  for (const { sql } of later) await database.exec(sql);
  const { rows } = await database.query('select parent, version > 0 as counts from document_children');
  expect(rows).toEqual([{ parent: '/p', counts: true }]);
  const health = await database.query('select health from observations');
  expect(health.rows).toEqual([{ health: '/ConfigMap/shop/web Current' }]);
});
