import type { Migration } from './migration.ts';

/**
 * A number for each document that has had children; another one, never given before, whenever a child is made, replaced
 * or removed. So thirty thousand children are known to be as they were by reading thirty numbers.
 */
export const versionsOfChildren: Migration = {
  version: 2,
  sql: `
create sequence children_version as bigint;
create table document_children (
  parent text collate "C" primary key references documents (key) on delete cascade,
  version bigint not null
);
insert into document_children (parent, version)
  select parent, nextval('children_version') from (select distinct parent from documents where parent is not null) as p;
`,
};
