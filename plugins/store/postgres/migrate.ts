import { Failure } from '#domain/failure.ts';

import type { Database, Query } from './database.ts';
import { migrations } from './migrations/index.ts';
import { ConstraintError } from './to-failure.ts';

/** `version` is the row that racing processes queue at. */
const versionTable = `create table if not exists schema_version (
  only_row boolean primary key default true check (only_row),
  version integer not null
)`;

const oldestServer = 140_000;
const attempts = 5;

/**
 * Brings the database to this program's schema; any number of processes may do so at once.
 * @throws Failure `store-unavailable` when the schema is newer than this program or the server too old.
 */
export async function migrate(database: Database): Promise<void> {
  await checkServer(database);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await database.query(versionTable);
      await database.query('insert into schema_version (version) values (0) on conflict do nothing');
      break;
    } catch (error) {
      // `if not exists` is no guard against a table that is being made at the same moment
      if (!(error instanceof ConstraintError) || attempt === attempts) throw error;
    }
  }
  await database.transaction(runMissing);
}

async function checkServer(database: Database): Promise<void> {
  const { rows } = await database.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  const version = rows[0]?.version ?? 0;
  if (version >= oldestServer) return;
  const found = `version ${Math.floor(version / 10_000)}`;
  throw new Failure('store-unavailable', [{ object: 'PostgreSQL server', expected: 'version 14 or newer', found }]);
}

async function runMissing(query: Query): Promise<void> {
  const { rows } = await query<{ version: number }>('select version from schema_version for update');
  const present = rows[0]?.version ?? 0;
  const newest = migrations.length;
  if (present > newest) {
    const [expected, found] = [`schema version ${newest} or older`, `version ${present}, written by a newer emco`];
    throw new Failure('store-unavailable', [{ object: 'database', expected, found }]);
  }
  for (const migration of migrations.slice(present)) await query(migration.sql);
  if (present < newest) await query('update schema_version set version = $1', [newest]);
}
