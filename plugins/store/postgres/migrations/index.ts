import { firstTables } from './0001-first-tables.ts';
import { versionsOfChildren } from './0002-versions-of-children.ts';
import { hooks } from './0003-hooks.ts';
import { statusAndEvents } from './0004-status-and-events.ts';
import { attemptedRevision } from './0005-attempted-revision.ts';
import { exchanges } from './0006-exchanges.ts';
import { lookUps } from './0007-look-ups.ts';
import type { Migration } from './migration.ts';

/** In order. A released one is never changed. */
export const migrations: readonly Migration[] = [
  firstTables,
  versionsOfChildren,
  hooks,
  statusAndEvents,
  attemptedRevision,
  exchanges,
  lookUps,
];
