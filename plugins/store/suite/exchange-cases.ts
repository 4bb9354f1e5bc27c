import { expect } from 'vitest';

import type { GroupKey } from '#domain/group.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { NewExchange } from '#domain/ports/exchanges.ts';

import type { StoreBench, StoreCases } from './store-case.ts';

async function openExchange(bench: StoreBench, group: GroupKey, operation: OperationRecord): Promise<NewExchange> {
  const request = await bench.store.blobs.put(Buffer.from(`request ${bench.unique}`));
  const exchange: NewExchange = {
    id: `${bench.unique}${operation.number}`.padEnd(32, '0'),
    group,
    operationId: operation.operationId,
    operation: operation.number,
    controller: 'capacity',
    intent: 'most-free',
    activity: 'place',
    request,
  };
  await bench.store.exchanges.open(exchange);
  return exchange;
}

const put = (bench: StoreBench, text: string) => bench.store.blobs.put(Buffer.from(`${bench.unique} ${text}`));

export const exchangeCases: StoreCases = {
  async 'opens an exchange, notes results and takes one of them, each as often as it is asked'(bench) {
    const { exchanges } = bench.store;
    const group = await bench.approvedGroup('g');
    const exchange = await openExchange(bench, group, await bench.begin(group, 'instantiate'));
    await exchanges.open(exchange);
    expect(await exchanges.find(exchange.id)).toEqual({ ...exchange, taken: null, isUnderWay: true });
    const [one, other] = [await put(bench, 'one'), await put(bench, 'other')];
    for (const result of [one, other, one]) await exchanges.answer(exchange.id, result);
    await exchanges.take(exchange.id, one);
    await exchanges.take(exchange.id, one);
    expect((await exchanges.find(exchange.id))?.taken).toBe(one);
    await expect(exchanges.take(exchange.id, other)).rejects.toMatchObject({ code: 'operation-superseded' });
    await expect(exchanges.answer(exchange.id, other)).rejects.toMatchObject({ code: 'operation-superseded' });
  },

  async 'takes no result that nobody put, and knows no exchange that nobody opened'(bench) {
    const { exchanges } = bench.store;
    const group = await bench.approvedGroup('g');
    const exchange = await openExchange(bench, group, await bench.begin(group, 'instantiate'));
    const never = await put(bench, 'never put');
    await expect(exchanges.take(exchange.id, never)).rejects.toMatchObject({ code: 'document-not-found' });
    const unknown = bench.unique.padEnd(32, 'f');
    expect(await exchanges.find(unknown)).toBeNull();
    await expect(exchanges.answer(unknown, never)).rejects.toMatchObject({ code: 'document-not-found' });
  },

  async 'refuses a late result when a newer operation has begun, or when its own has ended'(bench) {
    const { exchanges, groups } = bench.store;
    const group = await bench.approvedGroup('g');
    const first = await bench.operate(group, 'instantiate', []);
    const exchange = await openExchange(bench, group, first);
    const late = await put(bench, 'late');
    await exchanges.answer(exchange.id, late);
    await bench.begin(group, 'update');
    const superseded = { code: 'operation-superseded' };
    await expect(exchanges.answer(exchange.id, late)).rejects.toMatchObject(superseded);
    await expect(exchanges.take(exchange.id, late)).rejects.toMatchObject(superseded);
    await expect(exchanges.open(exchange)).rejects.toMatchObject(superseded);
    expect(await exchanges.find(exchange.id)).toMatchObject({ isUnderWay: false });
    const [update] = await groups.listOperations(group, 1);
    if (update === undefined) throw new Error('expected an update, found none');
    const second = await openExchange(bench, group, update);
    await groups.end(group, update.operationId, { state: 'failed', message: 'given up' });
    await expect(exchanges.answer(second.id, late)).rejects.toMatchObject(superseded);
  },

  async 'notes at most 32 different results of one exchange'(bench) {
    const { exchanges } = bench.store;
    const group = await bench.approvedGroup('g');
    const exchange = await openExchange(bench, group, await bench.begin(group, 'instantiate'));
    const results = await Promise.all(Array.from({ length: 33 }, (_, at) => put(bench, String(at))));
    for (const result of results.slice(0, 32)) await exchanges.answer(exchange.id, result);
    const last = results.at(-1);
    if (last === undefined) throw new Error('expected results, found none');
    await expect(exchanges.answer(exchange.id, last)).rejects.toMatchObject({ code: 'document-too-large' });
  },
};
