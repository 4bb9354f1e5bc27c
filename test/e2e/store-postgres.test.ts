import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunningPostgres } from '#lab/postgres.ts';
import { startPostgres } from '#lab/postgres.ts';
import { openStore } from '#plugins/store/postgres/index.ts';
import { describeStore } from '#plugins/store/suite.ts';

const key = Buffer.alloc(32, 7);
let server: RunningPostgres;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(async () => {
  await server?.stop();
});

describeStore('the store on a PostgreSQL server', () => openStore({ connectionString: server.url, key, poolSize: 10 }));

describe('many processes on one empty database', () => {
  it('make the tables once and agree on one address key', async () => {
    const connectionString = await server.makeDatabase('many');
    const stores = await Promise.all([1, 2, 3, 4, 5].map(() => openStore({ connectionString, key, poolSize: 2 })));
    const addresses = await Promise.all(stores.map(({ blobs }) => blobs.put(Buffer.from('the same'))));
    expect(new Set(addresses).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });
});
