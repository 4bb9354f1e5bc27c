import type { Blobs } from './blobs.ts';
import type { Documents } from './documents.ts';
import type { Events } from './events.ts';
import type { Exchanges } from './exchanges.ts';
import type { Groups } from './groups.ts';
import type { Audit, Plans } from './plans.ts';

/** All state of an installation, on one PostgreSQL database. */
export interface Store {
  readonly documents: Documents;
  readonly blobs: Blobs;
  readonly groups: Groups;
  readonly plans: Plans;
  readonly events: Events;
  readonly exchanges: Exchanges;
  readonly audit: Audit;
  /** Small named facts of the installation and of caches: repository heads, render cache. */
  readonly facts: Facts;
  /** True when a trivial statement answers. */
  isAlive(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Facts {
  get(name: string): Promise<string | null>;
  /** Those that there are. */
  getMany(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Compare-and-swap: writes only when the present value is `expected` (null: absent); says whether it did. */
  swap(name: string, expected: string | null, value: string): Promise<boolean>;
  set(name: string, value: string): Promise<void>;
}
