import type { Store } from '#domain/ports/store.ts';

import { makeAudit } from './audit.ts';
import { makeBlobs } from './blobs.ts';
import { Database } from './database.ts';
import { makeDocuments } from './documents.ts';
import { makeEvents } from './events.ts';
import { makeExchanges } from './exchanges.ts';
import { makeFacts } from './facts.ts';
import { makeGroups } from './groups.ts';
import { loadAddressKey } from './installation.ts';
import { migrate } from './migrate.ts';
import { makePlans } from './plans.ts';
import { makeInstance } from './request-operation.ts';
import { Sealer } from './sealer.ts';
import type { SweepResult } from './sweep.ts';
import { sweep } from './sweep.ts';

export interface StoreOptions {
  /** `postgresql://user:password@host:port/database` of a server (14 or newer) or of the embedded database. */
  readonly connectionString: string;
  /** Master key, 32 bytes. */
  readonly key: Buffer;
  /** Earlier master keys, for reading what they sealed. */
  readonly formerKeys?: readonly Buffer[];
  /** Connections at most; 4 by default, which is also plenty for the embedded database. */
  readonly poolSize?: number;
  readonly now?: () => Date;
  readonly newInstance?: () => string;
}

export interface PostgresStore extends Store {
  /**
   * The daily job: deletes blobs, bundles, ended change sets that nothing refers to and that nobody put for so many days,
   * and tidies the tables.
   */
  sweepBlobs(olderThanDays: number): Promise<SweepResult>;
}

/**
 * Connects, migrates and checks the key. Any number of processes may do so on one database.
 * @throws Failure `store-unavailable` when nothing answers, the schema is newer, or the key is another one.
 */
export async function openStore(options: StoreOptions): Promise<PostgresStore> {
  const { connectionString, key, formerKeys = [], poolSize = 4 } = options;
  const { now = () => new Date(), newInstance = makeInstance } = options;
  const sealer = new Sealer([key, ...formerKeys]);
  const database = new Database({ connectionString, poolSize });
  try {
    await migrate(database);
    const addressKey = await loadAddressKey(database, sealer, key);
    return {
      documents: makeDocuments({ database, sealer, addressKey, now }),
      blobs: makeBlobs({ database, sealer, addressKey }),
      groups: makeGroups({ database, now, newInstance }),
      plans: makePlans({ database, now }),
      events: makeEvents({ database, now }),
      exchanges: makeExchanges(database),
      audit: makeAudit(database),
      facts: makeFacts(database),
      isAlive: () => isAlive(database),
      sweepBlobs: (olderThanDays) => sweep(database, olderThanDays),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function isAlive(database: Database): Promise<boolean> {
  try {
    await database.query('select 1');
    return true;
  } catch {
    return false;
  }
}
