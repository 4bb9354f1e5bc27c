import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startRecordingServer } from './recording-server.ts';
import { runEmco } from './run-emco.ts';

const path = '/v2/projects/p/composite-apps/ca/v1/deployment-intent-groups/g/events';
const time = '2026-11-22T11:09:02.750Z';

const requested = { id: '1.1', time, type: 'requested', kind: 'update', number: 3, revision: 2, requestedBy: 'api' };
const targets = { id: '1.2', time, type: 'targets', number: 3, phases: { Committed: 2, Pending: 1 } };
const failed = {
  id: '1.3',
  time,
  type: 'failed',
  number: 3,
  count: 1,
  targets: [{ app: 'web', cluster: 'edge+c1', message: 'no room' }],
};

test('events are read page by page and told in a line each', async () => {
  await using server = await startRecordingServer(({ path: asked }) => ({
    status: 200,
    json: asked.includes('since=1.2')
      ? { events: [failed], next: '1.3', isLast: true }
      : { events: [requested, targets], next: '1.2', isLast: false },
  }));
  const { code, out } = await runEmco(['events', 'p/ca/v1/g'], { server: server.url });
  expect(code).toBe(0);
  expect(server.lines()).toEqual([`GET ${path}?limit=1000`, `GET ${path}?limit=1000&since=1.2`]);
  expect(out).toBe(
    [
      `${time}  requested  update 3, revision 2, by api`,
      `${time}  targets    2 Committed, 1 Pending`,
      `${time}  failed     1 targets, web@edge+c1: no room`,
      '',
    ].join('\n'),
  );
});

test('a follower goes on after its last event when the connection ends, and stops when the group is deleted', async () => {
  const asked: (string | undefined)[] = [];
  const streams = [
    `retry: 1\n\nid: 1.1\nevent: requested\ndata: ${JSON.stringify(requested)}\n\n: still here\n\n`,
    `id: 1.2\nevent: targets\ndata: ${JSON.stringify(targets)}\n\nevent: deleted\ndata: {"type":"deleted"}\n\n`,
  ];
  const server = createServer((request, response) => {
    const last = request.headers['last-event-id'];
    const text = streams[asked.length] ?? '';
    asked.push(typeof last === 'string' ? last : undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(text);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const { code, out, err } = await runEmco(['events', 'p/ca/v1/g', '-w', '-o', 'json'], {
    server: `http://127.0.0.1:${port}`,
  });
  server.close();
  expect(code).toBe(0);
  expect(asked).toEqual([undefined, '1.1']);
  expect(out).toBe(`${[requested, targets, { type: 'deleted' }].map((event) => JSON.stringify(event)).join('\n')}\n`);
  expect(err).toContain('connecting again');
});

test('a follower that nobody answers gives up, with the address and the reason', async () => {
  const { code, err } = await runEmco(['events', 'p/ca/v1/g', '--follow'], { server: 'http://127.0.0.1:1' });
  expect(code).toBe(3);
  expect(err).toContain('server http://127.0.0.1:1: expected events of');
});
