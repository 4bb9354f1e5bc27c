import type { Migration } from './migration.ts';

/** How far the Helm hooks of each target are, and what is known of a bundle's hooks without opening it. */
export const hooks: Migration = {
  version: 3,
  sql: `
alter table targets
  add column hook_occasion text,
  add column hooks_done integer not null default 0,
  add column hook_state text not null default 'idle',
  add column hook_content text collate "C",
  add column hook_since timestamptz,
  add column deletes_crds boolean not null default false,
  add column skips_hooks boolean not null default false;
alter table operations add column removal text;
alter table bundles add column hooks text not null default '[]';
`,
};
