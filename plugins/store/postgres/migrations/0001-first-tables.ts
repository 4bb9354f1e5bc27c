import type { Migration } from './migration.ts';

/** Keys and addresses are compared by bytes (collation C), so that a prefix is a range of the index. */
export const firstTables: Migration = {
  version: 1,
  sql: `
create table installation (
  only_row boolean primary key default true check (only_row),
  address_key bytea not null
);

create table audit (
  id bigint generated always as identity primary key,
  time timestamptz not null,
  actor text not null,
  action text not null,
  object text collate "C" not null,
  before text not null,
  after text not null,
  detail text not null
);
create index audit_by_object on audit (object, id);

create table facts (
  name text collate "C" primary key,
  value text not null,
  updated_at timestamptz not null default now()
);

create table blobs (
  address text collate "C" not null,
  piece integer not null,
  pieces integer not null,
  content bytea not null,
  put_at timestamptz not null default now(),
  primary key (address, piece)
);
alter table blobs alter column content set storage external;

create table documents (
  key text collate "C" primary key,
  kind text not null,
  parent text collate "C",
  sequence bigint generated always as identity,
  body text not null,
  secrets bytea,
  files text not null,
  file_addresses text[] not null,
  digest text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint documents_parent foreign key (parent) references documents (key) on delete restrict
);
create index documents_by_parent on documents (parent, kind, sequence);

create table document_references (
  source text collate "C" not null references documents (key) on delete cascade,
  target text collate "C" not null,
  primary key (source, target)
);
create index document_references_by_target on document_references (target);

create table groups (
  id bigint generated always as identity primary key,
  key text collate "C" not null unique,
  state text not null,
  gid text not null default '',
  status_context text not null default '',
  actions text not null,
  fence integer not null default 0,
  last_operation integer not null default 0,
  last_revision integer not null default 0,
  paused boolean not null default false
);
create unique index groups_gid on groups (gid) where gid <> '';

create table operations (
  group_id bigint not null references groups (id) on delete cascade,
  operation_id text collate "C" not null,
  number integer not null,
  kind text not null,
  to_revision integer,
  migrate_to text,
  requested_by text not null,
  state text not null,
  revision integer not null,
  instance text not null,
  step text not null default '',
  message text not null default '',
  requested_at timestamptz not null,
  ended_at timestamptz,
  is_frozen boolean not null default false,
  primary key (group_id, operation_id),
  unique (group_id, number)
);
create index operations_open on operations (requested_at) where state in ('requested', 'accepted');

create table revisions (
  group_id bigint not null references groups (id) on delete cascade,
  revision integer not null,
  instance text not null,
  operation_id text not null,
  created_at timestamptz not null,
  rolled_back_to integer,
  is_verified boolean not null default false,
  is_expired boolean not null default false,
  plan text not null,
  inputs text not null,
  waves integer not null,
  apps integer not null,
  clusters integer not null,
  targets integer not null,
  bundles integer not null,
  objects integer not null,
  bundle_ids bigint[] not null default '{}',
  primary key (group_id, revision)
);

create table identity_sets (
  id bigint generated always as identity primary key,
  digest text not null unique,
  identities text[] not null
);
create index identity_sets_by_identity on identity_sets using gin (identities);

create table bundles (
  id bigint generated always as identity primary key,
  address text collate "C" not null unique,
  identity_set bigint not null references identity_sets (id),
  tree_main text,
  tree_crds text,
  object_count integer not null,
  hook_count integer not null,
  has_secret boolean not null,
  put_at timestamptz not null default now()
);
create index bundles_by_identity_set on bundles (identity_set);

create table targets (
  group_id bigint not null references groups (id) on delete cascade,
  app text collate "C" not null,
  cluster text collate "C" not null,
  bundle bigint,
  previous_bundle bigint,
  standing_bundle bigint,
  delivery text not null,
  operation integer not null,
  revision integer not null,
  wave integer not null,
  phase text not null,
  commit_id text not null default '',
  message text not null default '',
  phase_since timestamptz not null,
  primary key (group_id, app, cluster)
) with (fillfactor = 70);
create index targets_by_cluster on targets (cluster);
create index targets_by_bundle on targets (bundle);
create index targets_by_previous_bundle on targets (previous_bundle);

create table claims_turn (only_row boolean primary key default true check (only_row));
insert into claims_turn default values;

create table connectivity (
  cluster text collate "C" primary key,
  state text not null,
  message text not null
);

create table change_sets (
  digest text collate "C" primary key,
  group_id bigint not null references groups (id) on delete cascade,
  operation integer not null,
  state text not null default 'handed',
  commit_id text not null default '',
  tree text not null default '',
  message text not null default '',
  saved_at timestamptz not null default now()
);
create index change_sets_by_group on change_sets (group_id);

create table observations (
  gid text not null,
  app text collate "C" not null,
  cluster text collate "C" not null,
  applied_revision text not null,
  is_current boolean not null,
  is_present boolean not null,
  message text not null,
  resources text not null,
  observed_at timestamptz not null,
  primary key (gid, app, cluster)
);
`,
};
