import type { Migration } from './migration.ts';

/** The values of a plan's look-ups are kept as long as its revision. */
export const lookUps: Migration = {
  version: 7,
  sql: 'alter table revisions add column look_ups text',
};
