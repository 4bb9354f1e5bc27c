import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GroupKey } from '#domain/group.ts';
import type { Store } from '#domain/ports/store.ts';
import { type Caller, makeCaller, memberOf, textOf } from '#test/support/api-client.ts';
import { type EventReader, readEvents } from '#test/support/event-reader.ts';
import { freezePlan, moveAll, type Planned } from '#test/support/roll-out.ts';
import { approveGroup, seedGroup, type SeededGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
const looks = { newest: 0, list: 0 };

beforeAll(async () => {
  database = await startTestStore();
  const { events } = database.store;
  // Counts what a number of listeners costs.
  const counting: Store = {
    ...database.store,
    events: {
      ...events,
      newest: (groups) => {
        looks.newest += 1;
        return events.newest(groups);
      },
      list: (group, request) => {
        looks.list += 1;
        return events.list(group, request);
      },
    },
  };
  api = await startTestApi(counting);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const seed = (project: string): Promise<SeededGroup> => seedGroup(http, { project, apps: ['web'], clusters: ['c1'] });

const listen = (group: SeededGroup, headers: Record<string, string> = {}, query = ''): Promise<EventReader> =>
  readEvents(`${api.url}${group.path}/events${query}`, headers);

const note = (group: GroupKey, at: number): Promise<void> =>
  database.store.events.append(group, { type: 'step', body: { at } });

describe('the events of a group', () => {
  it('tell what was and then what comes, as it comes', async () => {
    const group = await seed('follow');
    await approveGroup(http, group);
    const reader = await listen(group);
    expect([reader.status, reader.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await reader.until(1);
    await http.post(`${group.path}/instantiate`);
    const planned: Planned = {
      store: database.store,
      group: group.key,
      provider: 'follow',
      apps: ['web'],
      clusters: ['c1'],
    };
    await reader.until(2);
    await freezePlan(planned);
    await moveAll(planned, 'Failed', 'Deployment web: no room');
    const events = await reader.until(7);
    expect(events.map(({ event }) => event)).toEqual([
      'approved',
      'requested',
      'accepted',
      'planned',
      'targets',
      'failed',
      'targets',
    ]);
    expect(events[1]?.data).toMatchObject({ id: events[1]?.id, type: 'requested', kind: 'instantiate', revision: 1 });
    expect(events[5]?.data).toMatchObject({
      count: 1,
      targets: [{ app: 'web', cluster: 'follow+c1', message: 'Deployment web: no room' }],
    });
    expect(events[6]?.data).toMatchObject({ phases: { Failed: 1 } });
    reader.close();
  });

  it('go on after the last that a client has, on any process, without loss or doubles', async () => {
    const group = await seed('resume');
    const other = await startTestApi(database.store);
    const seen: string[] = [];
    let writing = 0;
    for (let turn = 0; turn < 6; turn += 1) {
      const { url } = turn % 2 === 0 ? api : other;
      const last = seen.at(-1);
      const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
      const reader = await readEvents(`${url}${group.path}/events`, headers);
      const writers = Array.from({ length: 20 }, () => note(group.key, (writing += 1)));
      await reader.until(7);
      reader.close();
      seen.push(...reader.events.map(({ id }) => id));
      await Promise.all(writers);
    }
    const rest = await readEvents(`${other.url}${group.path}/events`, { 'last-event-id': seen.at(-1) ?? '' });
    await rest.until(120 - seen.length);
    seen.push(...rest.events.map(({ id }) => id));
    const numbers = seen.map((id) => Number(id.split('.')[1]));
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
    await other.stop();
    await rest.ended();
  });

  it('end when the server stops, and when the group is deleted', async () => {
    const group = await seed('ending');
    const other = await startTestApi(database.store);
    const here = await listen(group);
    const there = await readEvents(`${other.url}${group.path}/events`);
    await other.stop();
    await there.ended();
    await database.store.groups.remove(group.key, { name: 'test' });
    await here.ended();
    expect(here.events.at(-1)?.event).toBe('deleted');
  });

  it('cost one look for all listeners, and one page for those at the same place', async () => {
    const group = await seed('many');
    await note(group.key, 0);
    const readers = await Promise.all(Array.from({ length: 40 }, () => listen(group)));
    await Promise.all(readers.map((reader) => reader.until(1)));
    looks.list = 0;
    looks.newest = 0;
    await note(group.key, 1);
    await Promise.all(readers.map((reader) => reader.until(2)));
    expect(looks.list).toBe(1);
    expect(looks.newest).toBeLessThan(readers.length);
    for (const reader of readers) reader.close();
  });

  it('begin with what comes where only that is wanted', async () => {
    const group = await seed('now');
    await note(group.key, 0);
    const reader = await listen(group, {}, '?since=now');
    await note(group.key, 1);
    expect((await reader.until(1)).map(({ data }) => data['at'])).toEqual([1]);
    reader.close();
  });

  it('say that something is lost to who comes with a position that is not kept', async () => {
    const group = await seed('lost');
    await note(group.key, 0);
    const reader = await listen(group, { 'last-event-id': '1.999' });
    const events = await reader.until(2);
    expect(events.map(({ event, id }) => [event, id === ''])).toEqual([
      ['lost', true],
      ['step', false],
    ]);
    reader.close();
  });

  it('are pages of JSON for who does not ask for a stream', async () => {
    const group = await seed('pages');
    for (let at = 1; at <= 5; at += 1) await note(group.key, at);
    const first = await http.get(`${group.path}/events?limit=3`);
    expect(first.type).toBe('application/json');
    expect([memberOf(first, 'events.2.at'), memberOf(first, 'isLast')]).toEqual([3, false]);
    const next = await http.get(`${group.path}/events?since=${textOf(first, 'next')}`);
    expect([memberOf(next, 'events.0.at'), memberOf(next, 'events.1.at'), memberOf(next, 'isLast')]).toEqual([
      4,
      5,
      true,
    ]);
    const late = await http.get(`${group.path}/events?since=2999-01-01T00:00:00Z`, { accept: 'application/json' });
    expect([memberOf(late, 'events'), memberOf(late, 'next')]).toEqual([[], memberOf(next, 'next')]);
  });

  it.each<{ query: string; headers: Record<string, string>; status: number; text: string }>([
    { query: '?since=yesterday', headers: {}, status: 400, text: 'Invalid query since' },
    { query: '?limit=0', headers: {}, status: 400, text: 'Invalid query limit' },
    { query: '', headers: { 'last-event-id': 'x' }, status: 400, text: 'Invalid Last-Event-ID' },
    {
      query: '',
      headers: { accept: 'text/html' },
      status: 406,
      text: 'set Accept: text/event-stream or application/json',
    },
  ])('refuse $query $headers with $status', async ({ query, headers, status, text }) => {
    const group = '/v2/projects/pages/composite-apps/ca/v1/deployment-intent-groups/g';
    const answer = await http.get(`${group}/events${query}`, headers);
    expect([answer.status, answer.text]).toEqual([status, `${text}\n`]);
  });

  it('of a group that is not there are 404', async () => {
    const answer = await http.get('/v2/projects/pages/composite-apps/ca/v1/deployment-intent-groups/none/events');
    expect([answer.status, answer.text]).toEqual([404, 'DeploymentIntentGroup not found\n']);
  });
});
