import { firstTables } from './0001-first-tables.ts';
import type { Migration } from './migration.ts';

/** In order. A released one is never changed. */
export const migrations: readonly Migration[] = [firstTables];
