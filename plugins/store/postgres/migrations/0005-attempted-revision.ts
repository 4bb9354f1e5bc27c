import type { Migration } from './migration.ts';

/** What an agent tried last: a refusal counts for a group's content only when it was exactly that. */
export const attemptedRevision: Migration = {
  version: 5,
  sql: `alter table observations add column attempted_revision text not null default ''`,
};
