import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { openStore } from '#plugins/store/postgres/index.ts';
import { describeStore } from '#plugins/store/suite.ts';
import type { RunningPglite } from '#workers/pglite/start-pglite.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';

let folder = '';
let pglite: RunningPglite | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-store-'));
  pglite = await startPglite({ folder: join(folder, 'pglite') });
});

afterAll(async () => {
  await pglite?.stop();
  await rm(folder, { recursive: true, force: true });
});

describeStore('the store on the embedded database', () =>
  openStore({ connectionString: pglite?.url ?? '', key: Buffer.alloc(32, 7) }),
);
