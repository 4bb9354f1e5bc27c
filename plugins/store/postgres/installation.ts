import { Failure } from '#domain/failure.ts';

import type { Database } from './database.ts';
import { deriveAddressKey } from './key-file.ts';
import type { Sealer } from './sealer.ts';

const row = { table: 'installation', key: 'address_key' };

/**
 * The key of content addresses: follows from the master key of the first start and is kept sealed, so that addresses
 * stay when the master key is replaced.
 * @throws Failure `store-unavailable` when the database was sealed with a key that was not handed in.
 */
export async function loadAddressKey(database: Database, sealer: Sealer, masterKey: Buffer): Promise<Buffer> {
  const sealed = sealer.seal(deriveAddressKey(masterKey), row);
  await database.query('insert into installation (address_key) values ($1) on conflict do nothing', [sealed]);
  const { rows } = await database.query<{ address_key: Buffer }>('select address_key from installation');
  try {
    return sealer.open(rows[0]?.address_key ?? Buffer.alloc(0), row);
  } catch (error) {
    const detail = error instanceof Failure ? error.message : 'sealed with another key';
    throw new Failure('store-unavailable', [], `The key does not open this database: ${detail}`);
  }
}
