import type { Migration } from './migration.ts';

/**
 * Requests to controllers of one's own and the results that were put. Rows go with the sweep: a migration takes revisions to
 * another group, and what they name must outlive the first one.
 */
export const exchanges: Migration = {
  version: 6,
  sql: `
create table exchanges (
  id text collate "C" primary key,
  group_id bigint references groups (id) on delete set null,
  operation_id text collate "C" not null,
  operation integer not null,
  controller text not null,
  intent text not null,
  activity text not null,
  request text collate "C" not null,
  results text[] not null default '{}',
  taken text collate "C",
  opened_at timestamptz not null default now()
);
create index exchanges_by_group on exchanges (group_id);
`,
};
