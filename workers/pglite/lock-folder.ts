import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { Failure } from '#domain/failure.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for this process alone, until `release` or the end of the process, `kill -9` included. The lock is the
 * kernel's (SQLite's exclusive file lock), so there is never a stale one to judge: what a dead owner held is free, and
 * what a living one holds cannot be taken over. `owner.pid` beside it only serves the message.
 * @throws Failure `store-unavailable` naming the folder and its owner.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    const found = `one held by process ${readOwner(folder)}`;
    throw new Failure('store-unavailable', [{ object: `folder ${folder}`, expected: 'no other opener', found }]);
  }
  writeFileSync(join(folder, 'owner.pid'), String(process.pid), { mode: 0o600 });
  return { release: () => lock.close() };
}

function readOwner(folder: string): string {
  try {
    return readFileSync(join(folder, 'owner.pid'), 'utf8');
  } catch {
    return 'unknown';
  }
}
