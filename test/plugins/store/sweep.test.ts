import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

import type { BlobAddress } from '#domain/ports/blobs.ts';
import { openStore } from '#plugins/store/postgres/index.ts';
import type { PostgresStore } from '#plugins/store/postgres/index.ts';
import { StoreBench, actor, toCluster } from '#plugins/store/suite/store-case.ts';
import type { TemporaryFolder } from '#test/support/temporary-folder.ts';
import { makeTemporaryFolder } from '#test/support/temporary-folder.ts';
import type { RunningPglite } from '#workers/pglite/start-pglite.ts';
import { startPglite } from '#workers/pglite/start-pglite.ts';

let folder: TemporaryFolder;
let pglite: RunningPglite;
let store: PostgresStore;
let pool: Pool;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  pglite = await startPglite({ folder: join(folder.path, 'pglite') });
  store = await openStore({ connectionString: pglite.url, key: randomBytes(32) });
  pool = new Pool({ connectionString: pglite.url, max: 1 });
});

afterAll(async () => {
  await pool.end();
  await store.close();
  await pglite.stop();
  await folder[Symbol.asyncDispose]();
});

const put = (text: string): Promise<BlobAddress> => store.blobs.put(Buffer.from(text));
const isThere = async (address: BlobAddress): Promise<boolean> => (await store.blobs.getMany([address])).size === 1;

/** As if so many days had gone by. */
async function age(days: number): Promise<void> {
  for (const [table, column] of [
    ['blobs', 'put_at'],
    ['bundles', 'put_at'],
    ['change_sets', 'saved_at'],
    ['exchanges', 'opened_at'],
  ])
    await pool.query(`update ${table} set ${column} = ${column} - make_interval(days => $1)`, [days]);
}

it('deletes old blobs that nothing refers to, in all their pieces, and no others', async () => {
  const lost = await store.blobs.put(randomBytes(2_500_000));
  const [filed, noted, young] = [await put('a chart'), await put('a cache'), await put('put again')];
  const bench = new StoreBench(store);
  const file = { part: 'file', fileName: 'chart.tgz', contentType: 'application/gzip', size: 7, content: filed };
  await store.documents.create(bench.document('', { files: [file] }), actor);
  await store.facts.set('render/cache', `{"v":1,"address":"${noted}"}`);
  await age(8);
  await put('put again');
  expect(await store.sweepBlobs(7)).toMatchObject({ blobs: 1 });
  expect(await Promise.all([lost, filed, noted, young].map(isThere))).toEqual([false, true, true, true]);
  expect((await pool.query('select 1 from blobs where address = $1', [lost])).rowCount).toBe(0);
});

it('keeps what a kept revision, a target and an unanswered change set need, and lets go of it after them', async () => {
  const bench = new StoreBench(store);
  const group = await bench.approvedGroup('g');
  const wish = (text: string) => ({ app: 'a', cluster: 'c1', objects: [bench.unique], text });
  const operation = await bench.operate(group, 'instantiate', [wish('one')]);
  await store.blobs.put(Buffer.from(JSON.stringify([wish('one').objects, 'one'])));
  const change = await put('a change set');
  await store.plans.saveChangeSet(change, group, operation.number);
  const plan = (await store.groups.findRevision(group, 1))?.digest;
  if (plan === undefined) throw new Error('expected revision 1, found none');
  const lookUps = await put('{"http://clm/":1}');
  await pool.query('update revisions set look_ups = $1 where plan = $2', [lookUps, plan]);
  const kept = [bench.addressOf(wish('one')), plan, change, lookUps];
  await age(8);
  await store.sweepBlobs(7);
  expect(await Promise.all(kept.map(isThere))).toEqual([true, true, true, true]);
  await store.plans.endChangeSet(change, { state: 'committed', commit: 'c', tree: 't', message: '' });
  await store.groups.end(group, operation.operationId, { state: 'done', message: '' });
  const end = await bench.operate(group, 'terminate', null);
  await store.plans.moveTargets(group, end.number, [{ app: 'a', cluster: toCluster('c1'), phase: 'Removed' }]);
  await store.groups.end(group, end.operationId, { state: 'done', message: '' });
  await store.groups.remove(group, actor);
  expect(await store.sweepBlobs(7)).toMatchObject({ bundles: 1 });
  expect(await Promise.all(kept.map(isThere))).toEqual([false, false, false, false]);
});

it('keeps what controllers were asked and answered as long as a plan that they had a part in, and nothing else of it', async () => {
  const bench = new StoreBench(store);
  const group = await bench.approvedGroup('g');
  const wishes = [{ app: 'a', cluster: 'c1', objects: [bench.unique] }];
  const operation = await bench.begin(group, 'instantiate');
  const [request, taken, other] = [await put('request'), await put('taken'), await put('of another attempt')];
  const names = { controller: 'own', intent: 'i', activity: 'place' } as const;
  const of = { group, operationId: operation.operationId, operation: operation.number };
  const exchange = { id: bench.unique.padEnd(32, '0'), ...of, ...names, request };
  await store.exchanges.open(exchange);
  for (const result of [taken, other]) await store.exchanges.answer(exchange.id, result);
  await store.exchanges.take(exchange.id, taken);
  await bench.freeze(group, operation, wishes);
  const failed = await bench.begin(group, 'update');
  const lost = await put('request of an operation that failed');
  const second = { ...of, operationId: failed.operationId, operation: failed.number };
  await store.exchanges.open({ id: bench.unique.padEnd(32, 'f'), ...second, ...names, request: lost });
  await store.groups.end(group, failed.operationId, { state: 'failed', message: '' });
  await age(8);
  await store.sweepBlobs(7);
  expect(await Promise.all([request, taken, other, lost].map(isThere))).toEqual([true, true, false, false]);
});
