import type { Migration } from './migration.ts';

/**
 * `health` is the part of an observation's resources that a summary counts: a line per object, its identity key and its
 * status. Targets of a kind have equal text, so that a thousand of them are counted as a few classes.
 * An event's sequence is given under the lock of its group's row, so that it is visible in its order and without gaps.
 */
export const statusAndEvents: Migration = {
  version: 4,
  sql: `
alter table observations add column health text not null default '';
update observations set health = coalesce((
  select string_agg(concat(r->>'group', '/', r->>'kind', '/', r->>'namespace', '/', r->>'name', ' ', r->>'status'), E'\\n'
    order by concat(r->>'group', '/', r->>'kind', '/', r->>'namespace', '/', r->>'name') collate "C")
  from jsonb_array_elements(resources::jsonb) r), '');

alter table groups add column last_event bigint not null default 0;
create table events (
  group_id bigint not null references groups (id) on delete cascade,
  sequence bigint not null,
  time timestamptz not null,
  type text not null,
  body text not null,
  primary key (group_id, sequence)
);
`,
};
