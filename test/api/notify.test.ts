/** EMCO's status notification over real gRPC, on statuses that change under it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadService } from '#api/notify/protocol.ts';
import { type RunningNotifications, serveNotifications, type StatusAnswer } from '#api/notify/serve-notifications.ts';
import { eventually } from '#test/support/eventually.ts';
import { deregister, watchStatus } from '#test/support/watch-status.ts';

const digKey = { project: 'p', compositeApp: 'ca', compositeAppVersion: 'v1', deploymentIntentGroup: 'g' };
const group = { digKey, statusType: 'DEPLOYED', output: 'SUMMARY' } as const;

const GVK = { Group: 'apps', Version: 'v1', Kind: 'Deployment' };
const toApps = (word: string, value: string) => [
  {
    name: 'web',
    clusters: [
      {
        clusterProvider: 'edge',
        cluster: 'c1',
        resources: [
          { GVK, name: 'web', [word]: value },
          { GVK, name: 'untracked' },
        ],
      },
    ],
  },
];

let answer: StatusAnswer;
let asked: (readonly [path: string, authorization: string])[];
let server: RunningNotifications;
let address: string;

beforeAll(async () => {
  const readStatus = async (path: string, authorization: string): Promise<StatusAnswer> => {
    asked.push([path, authorization]);
    return answer;
  };
  server = await serveNotifications({ readStatus, lookEveryMs: 20 }, { host: '127.0.0.1', port: 0 });
  address = `127.0.0.1:${server.port}`;
});
afterAll(() => server?.stop());
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: { deployedStatus: 'Instantiating' } };
});

const values = (heard: readonly { readonly statusValue: string }[]) => heard.map(({ statusValue }) => statusValue);

describe('a client that watches', () => {
  it('a group hears of every change once, and nothing after it has left', async () => {
    const watch = await watchStatus(address, { ...group, clientId: 'a' });
    await eventually(() => expect(values(watch.heard)).toEqual(['NOT_DEPLOYED']));
    answer = { status: 200, body: { deployedStatus: 'Instantiated' } };
    await eventually(() => expect(values(watch.heard)).toEqual(['NOT_DEPLOYED', 'DEPLOYED']));
    expect(asked[0]).toEqual([
      '/v2/projects/p/composite-apps/ca/v1/deployment-intent-groups/g/status?status=deployed&output=summary',
      '',
    ]);
    watch.close();
    await watch.ended;
    // The id is free again once the server has seen that its client left.
    await eventually(async () => {
      const again = await watchStatus(address, { ...group, clientId: 'a' });
      await eventually(() => expect(again.heard).toHaveLength(1), 500).finally(() => again.close());
    });
  });

  it('gets details by app, cluster and resource when it asks for all, with its filters', async () => {
    answer = {
      status: 200,
      body: { deployedStatus: 'Instantiated', readyStatus: 'NotReady', apps: toApps('readyStatus', 'Ready') },
    };
    const filters = { apps: ['web'], clusters: ['edge+c1'], resources: ['web'] };
    const watch = await watchStatus(address, {
      ...group,
      ...filters,
      clientId: 'b',
      statusType: 'READY',
      output: 'ALL',
    });
    await eventually(() => expect(watch.heard).toHaveLength(1));
    const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };
    const resources = [{ name: 'web', gvk, statusValue: 'READY' }];
    const clusters = [{ clusterProvider: 'edge', cluster: 'c1', statusValue: 'READY', resources }];
    expect(watch.heard[0]).toEqual({
      statusValue: 'NOT_READY',
      details: [{ app: { app: 'web', statusValue: 'READY', clusters } }],
    });
    const query = 'status=ready&output=all&app=web&cluster=edge%2Bc1&resource=web';
    expect(asked.map(([path]) => path.split('?')[1])).toContain(query);
    watch.close();
  });

  it('a logical cloud hears of its clusters, without apps', async () => {
    answer = { status: 200, body: { deployedStatus: 'Instantiated', apps: toApps('deployedStatus', 'Failed') } };
    const lcKey = { project: 'p', logicalCloud: 'lc' };
    const watch = await watchStatus(
      address,
      { lcKey, clientId: 'c', statusType: 'DEPLOYED', output: 'ALL' },
      'Bearer t',
    );
    await eventually(() => expect(watch.heard).toHaveLength(1));
    const [cluster] = watch.heard[0]?.details ?? [];
    expect(cluster).toMatchObject({ cluster: { cluster: 'c1', statusValue: 'NOT_DEPLOYED' } });
    expect(asked).toContainEqual(['/v2/projects/p/logical-clouds/lc/status?status=deployed&output=all', 'Bearer t']);
    watch.close();
  });

  it('ends when it deregisters', async () => {
    const watch = await watchStatus(address, { ...group, clientId: 'd' });
    await eventually(() => expect(watch.heard).toHaveLength(1));
    await deregister(address, 'd');
    expect(await watch.ended).toBe('0 OK');
  });

  it('goes on when the server is busy for a moment, and ends when the status is gone', async () => {
    const watch = await watchStatus(address, { ...group, clientId: 'e' });
    await eventually(() => expect(watch.heard).toHaveLength(1));
    answer = { status: 503, body: {} };
    const before = asked.length;
    await eventually(() => expect(asked.length).toBeGreaterThan(before + 2));
    answer = { status: 400, body: { detail: 'DeploymentIntentGroup not found' } };
    expect(await watch.ended).toBe('5 DeploymentIntentGroup not found');
  });

  it.each([
    ['without an id', { ...group }, { answer: { status: 200, body: {} }, expected: '3 Invalid client ID' }],
    [
      'a cluster network',
      { clusterKey: {}, clientId: 'x' },
      { answer: { status: 200, body: {} }, expected: '12 expected digKey or lcKey' },
    ],
    [
      'what was never instantiated',
      { ...group, clientId: 'x' },
      { answer: { status: 200, body: {} }, expected: '9 expected it to be instantiated' },
    ],
    [
      'without a token',
      { ...group, clientId: 'x' },
      { answer: { status: 401, body: { detail: 'no token' } }, expected: '16 no token' },
    ],
    [
      'a server that is away',
      { ...group, clientId: 'x' },
      { answer: { status: 503, body: {} }, expected: '14 status 503' },
    ],
  ])('%s is refused', async (_case, registration, given) => {
    ({ answer } = given);
    const watch = await watchStatus(address, registration);
    expect(await watch.ended).toContain(given.expected);
    watch.close();
  });

  it('under an id that is taken is refused', async () => {
    const watch = await watchStatus(address, { ...group, clientId: 'f' });
    await eventually(() => expect(watch.heard).toHaveLength(1));
    const second = await watchStatus(address, { ...group, clientId: 'f' });
    expect(await second.ended).toBe('6 Duplicate client ID: f');
    watch.close();
  });
});

it("numbers on the wire are EMCO's", async () => {
  const { StatusRegister } = await loadService();
  const registration = {
    clientId: 'a',
    digKey,
    statusType: 'DEPLOYED',
    apps: ['w'],
    clusters: ['e+c'],
    resources: ['r'],
    output: 'ALL',
  };
  const key = [0x0a, 1, 0x70, 0x12, 2, 0x63, 0x61, 0x1a, 2, 0x76, 0x31, 0x22, 1, 0x67];
  const expected = [
    0x0a,
    1,
    0x61,
    0x12,
    key.length,
    ...key,
    0x28,
    4,
    0x32,
    1,
    0x77,
    0x3a,
    3,
    0x65,
    0x2b,
    0x63,
    0x42,
    1,
    0x72,
    0x48,
    1,
  ];
  expect([...(StatusRegister?.requestSerialize(registration) ?? [])]).toEqual(expected);
  const notification = { statusValue: 'READY', details: [{ app: { app: 'w', statusValue: 'READY' } }] };
  expect([...(StatusRegister?.responseSerialize(notification) ?? [])]).toEqual([
    0x08, 2, 0x12, 7, 0x0a, 5, 0x0a, 1, 0x77, 0x10, 2,
  ]);
});
