import { existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';

import { Failure } from '#domain/failure.ts';

/** Major version of PostgreSQL that the installed PGlite is; its data folders are of no use to another one. */
export const postgresMajor = '18';

/** PGlite's own parameters without `-F`, so that a commit is on disk before it is acknowledged. */
const startParams = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F');

/**
 * Opens (or makes) the database in `<folder>/data`. The caller holds the folder's lock. A new one is made aside and
 * renamed, so that a kill in between leaves none rather than half of one.
 * @throws Failure `store-unavailable` when the data belong to another PostgreSQL major.
 */
export async function openDatabase(folder: string): Promise<PGlite> {
  const path = join(folder, 'data');
  if (!existsSync(path)) await initialise(folder, path);
  await checkMajor(path);
  return PGlite.create(path, { startParams });
}

async function initialise(folder: string, path: string): Promise<void> {
  const draft = join(folder, 'data.new');
  await rm(draft, { recursive: true, force: true });
  const database = await PGlite.create(draft, { startParams });
  await database.close();
  await rename(draft, path);
  await using parent = await open(folder, 'r');
  await parent.sync();
}

async function checkMajor(path: string): Promise<void> {
  const found = (await readFile(join(path, 'PG_VERSION'), 'utf8')).trim();
  if (found === postgresMajor) return;
  const expected = `PostgreSQL ${postgresMajor} data`;
  const problem = { object: `folder ${path}`, expected, found: `PostgreSQL ${found} data` };
  const advice = `Start the emco that wrote it, or move it to a PostgreSQL server with pg_dump of major ${found} and psql.`;
  throw new Failure(
    'store-unavailable',
    [problem],
    `${problem.object}: expected ${expected}, found ${problem.found}. ${advice}`,
  );
}
