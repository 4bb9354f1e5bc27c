import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
let apps = '';

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  apps = `${(await seedGroup(http, { project: 'circles', apps: ['a', 'b', 'c'], clusters: ['c1'] })).version}/apps`;
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const toCall = (name: string, app: string) => ({
  json: { metadata: { name }, spec: { app, opStatus: 'Ready' } },
  headers: { Accept: 'application/json' },
});
const add = (from: string, to: string) => http.post(`${apps}/${from}/dependency`, toCall(`${from}-${to}`, to));

describe('a dependency that is written', () => {
  it('may name an app that comes later, but not itself', async () => {
    expect((await add('a', 'later')).status).toBe(201);
    const self = await add('a', 'a');
    expect([self.status, memberOf(self, 'title')]).toEqual([
      400,
      'Cyclic Dependency between apps found in composite app:ca',
    ]);
    expect(memberOf(self, 'errors.0.found')).toBe('a depends on itself');
    expect((await http.get(`${apps}/a/dependency/a-a`)).status).toBe(404);
  });

  it('is refused when it closes a circle, which is named, also by PUT', async () => {
    expect((await add('a', 'b')).status).toBe(201);
    expect((await add('b', 'c')).status).toBe(201);
    const closed = await add('c', 'a');
    expect([closed.status, memberOf(closed, 'errors.0.found')]).toEqual([400, 'a -> b -> c -> a']);
    expect((await add('c', 'other')).status).toBe(201);
    const put = await http.put(`${apps}/c/dependency/c-other`, toCall('c-other', 'b'));
    expect([put.status, memberOf(put, 'errors.0.found')]).toEqual([400, 'b -> c -> b']);
    expect(memberOf(await http.get(`${apps}/c/dependency/c-other`), 'spec.app')).toBe('other');
  });

  it('may turn around an order, one by one', async () => {
    expect((await http.put(`${apps}/b/dependency/b-c`, toCall('b-c', 'other'))).status).toBe(201);
    expect((await http.put(`${apps}/c/dependency/c-other`, toCall('c-other', 'b'))).status).toBe(201);
  });

  it('keeps its own circle through an app that was not there when it was written', async () => {
    const closing = await http.post(`${apps}/later/dependency`, toCall('later-a', 'a'));
    expect(closing.status).toBe(400);
  });
});
