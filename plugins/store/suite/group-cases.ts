import { expect } from 'vitest';

import type { StoreCases } from './store-case.ts';
import { actor } from './store-case.ts';

const recordRefusal = { recordRefusal: true };
const throwRefusal = { recordRefusal: false };

export const groupCases: StoreCases = {
  async 'makes a group once, in state Created'(bench) {
    const { groups } = bench.store;
    const key = bench.groupKey('g');
    const time = '2026-11-22T11:08:25.725Z';
    const made = await groups.create(key, time);
    expect(made).toEqual({
      group: key,
      state: 'Created',
      gid: '',
      statusContext: '',
      actions: [{ state: 'Created', instance: '', time, revision: 0 }],
      operation: 0,
      lastRevision: 0,
      paused: false,
    });
    expect(await groups.create(key, '2027-01-01T00:00:00.000Z')).toEqual(made);
    expect(await groups.find(bench.groupKey('other'))).toBeNull();
  },

  async 'approves, also again, and lists by state'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const again = await groups.approve(key, actor);
    expect(again.actions.map(({ state }) => state)).toEqual(['Created', 'Approved']);
    expect((await groups.list('Approved')).map(({ group }) => group)).toContain(key);
    expect((await groups.list('Created')).map(({ group }) => group)).not.toContain(key);
    await expect(groups.approve(bench.groupKey('none'), actor)).rejects.toMatchObject({ code: 'document-not-found' });
  },

  async 'gives an instantiate its number, revision and instance, and the group its gid'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const record = await groups.request(key, bench.request('instantiate'), throwRefusal);
    expect(record).toMatchObject({ number: 1, state: 'requested', revision: 1, endedAt: null });
    expect(record.instance).toMatch(/^[1-9]\d{18}$/);
    expect(BigInt(record.instance)).toBeLessThan(2n ** 63n);
    const group = await groups.find(key);
    expect(group).toMatchObject({ state: 'Instantiated', gid: record.instance, statusContext: record.instance });
    expect(group?.actions.at(-1)).toMatchObject({ state: 'Instantiated', instance: record.instance, revision: 1 });
  },

  async 'acts once for one operation id, however often and at once it comes'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const request = bench.request('instantiate');
    const records = await Promise.all([1, 2, 3, 4, 5].map(() => groups.request(key, request, throwRefusal)));
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
    expect(await groups.listOperations(key, 10)).toEqual([records[0]]);
    expect((await groups.find(key))?.actions).toHaveLength(3);
  },

  async 'accepts one of two racing requests that exclude each other'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const requests = [1, 2, 3].map(() => groups.request(key, bench.request('instantiate'), throwRefusal));
    const results = await Promise.allSettled(requests);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'transition-illegal' });
  },

  async 'throws a refusal, or records it with its message'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await expect(groups.request(key, bench.request('update'), throwRefusal)).rejects.toMatchObject({
      code: 'transition-illegal',
      message: expect.stringContaining('Approved, which allows approve, instantiate, delete'),
    });
    const request = bench.request('stop');
    const refused = await groups.request(key, request, recordRefusal);
    expect(refused).toMatchObject({ state: 'refused', number: 1, revision: 0, instance: '' });
    expect(refused.message).toContain('expected a state that allows stop');
    expect(refused.endedAt).not.toBeNull();
    expect(await groups.request(key, request, throwRefusal)).toEqual(refused);
    expect(await groups.find(key)).toMatchObject({ state: 'Approved', operation: 0 });
    const nowhere = groups.request(bench.groupKey('none'), request, recordRefusal);
    await expect(nowhere).rejects.toMatchObject({ code: 'document-not-found' });
  },

  async 'keeps gid and counts revisions on over terminate and instantiate'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const first = await bench.begin(key, 'instantiate');
    const second = await bench.begin(key, 'update');
    const end = await bench.begin(key, 'terminate');
    const again = await bench.begin(key, 'instantiate');
    expect([first, second, end, again].map(({ revision }) => revision)).toEqual([1, 2, 0, 3]);
    expect(end.instance).toBe(second.instance);
    const group = await groups.find(key);
    expect(group).toMatchObject({ gid: first.instance, statusContext: again.instance, lastRevision: 3, operation: 4 });
    expect(group?.actions.map(({ state, revision }) => [state, revision])).toEqual([
      ['Created', 0],
      ['Approved', 0],
      ['Instantiated', 1],
      ['Updated', 1],
      ['Instantiated', 2],
      ['Terminated', 0],
      ['Instantiated', 3],
    ]);
  },

  async 'stops, terminates a stopped terminate again, and pauses until resume'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.begin(key, 'instantiate');
    await bench.begin(key, 'pause');
    expect(await groups.find(key)).toMatchObject({ state: 'Instantiated', paused: true });
    await bench.begin(key, 'resume');
    expect(await groups.find(key)).toMatchObject({ paused: false });
    await bench.begin(key, 'pause');
    await bench.begin(key, 'terminate');
    expect(await groups.find(key)).toMatchObject({ state: 'Terminated', paused: false });
    await bench.begin(key, 'stop');
    expect(await groups.find(key)).toMatchObject({ state: 'TerminateStopped' });
    await bench.begin(key, 'terminate');
    expect(await groups.find(key)).toMatchObject({ state: 'Terminated' });
  },

  async 'raises the fence when an operation begins, and never lowers it'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const [one, two] = [bench.request('instantiate'), bench.request('update')];
    await groups.request(key, one, throwRefusal);
    await groups.request(key, two, throwRefusal);
    expect((await groups.find(key))?.operation).toBe(0);
    expect(await groups.begin(key, two.operationId)).toMatchObject({ state: 'accepted', number: 2 });
    expect(await groups.begin(key, two.operationId)).toMatchObject({ state: 'accepted', number: 2 });
    expect(await groups.begin(key, one.operationId)).toMatchObject({ state: 'superseded', number: 1 });
    expect((await groups.find(key))?.operation).toBe(2);
    await expect(groups.begin(key, 'unknown')).rejects.toMatchObject({ code: 'document-not-found' });
  },

  async 'records steps and the first end of an operation'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    const { operationId } = await bench.begin(key, 'instantiate');
    expect((await groups.listOpenOperations()).map((open) => [open.group, open.state])).toContainEqual([
      key,
      'accepted',
    ]);
    await groups.step(key, operationId, 'renderCharts');
    await groups.end(key, operationId, { state: 'failed', message: 'no such image' });
    await groups.end(key, operationId, { state: 'done', message: '' });
    await groups.step(key, operationId, 'later');
    expect(await groups.findOperation(key, operationId)).toMatchObject({
      state: 'failed',
      message: 'no such image',
      step: 'renderCharts',
    });
    expect((await groups.listOpenOperations()).map(({ group }) => group)).not.toContain(key);
    expect(await groups.findOperation(key, 'unknown')).toBeNull();
  },

  async 'removes a group only in a state for it and with nothing under way'(bench) {
    const { groups } = bench.store;
    const key = await bench.approvedGroup('g');
    await bench.begin(key, 'instantiate');
    await expect(groups.remove(key, actor)).rejects.toMatchObject({ code: 'transition-illegal' });
    const { operationId } = await bench.begin(key, 'terminate');
    await expect(groups.remove(key, actor)).rejects.toMatchObject({ code: 'transition-illegal' });
    for (const open of await groups.listOperations(key, 10))
      await groups.end(key, open.operationId, { state: 'done', message: '' });
    expect(await groups.findOperation(key, operationId)).toMatchObject({ state: 'done' });
    await groups.remove(key, actor);
    expect(await groups.find(key)).toBeNull();
    expect(await groups.listOperations(key, 10)).toEqual([]);
  },
};
