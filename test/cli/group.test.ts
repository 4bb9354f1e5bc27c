import { expect, test } from 'vitest';

import { startRecordingServer } from './recording-server.ts';
import type { RecordingServer, StubAnswer } from './recording-server.ts';
import { runEmco } from './run-emco.ts';

const GROUP = '/v2/projects/p/composite-apps/ca/v1/deployment-intent-groups/g';

interface Moment {
  readonly state: string;
  readonly phase: 'Pending' | 'Committed' | 'Deployed' | 'Ready';
  readonly message?: string;
}

/** A server whose group goes through moments: one more each time its status is read, then it stays. */
function startGroupServer(moments: readonly Moment[], id = 'id-1'): Promise<RecordingServer> {
  let at = 0;
  return startRecordingServer(({ method, path }): StubAnswer | undefined => {
    const moment = moments[Math.min(at, moments.length - 1)];
    if (method !== 'GET' || moment === undefined) return undefined;
    const { state, phase, message = '' } = moment;
    if (path === `${GROUP}/operations`) {
      const operation = { id, number: 1, kind: 'update', state, revision: 2, step: 'wave 1', message };
      return { status: 200, json: state === 'none' ? [] : [operation] };
    }
    at += 1;
    const actions = [{ state: 'Instantiated', instance: '12', time: 't', revision: 2 }];
    return {
      status: 200,
      json: {
        states: { statusctxid: '12', actions },
        deployedStatus: phase === 'Pending' ? 'Instantiating' : 'Instantiated',
        revision: 2,
        phases: { [phase]: 3 },
      },
    };
  });
}

test.each(['p/ca/v1/g', GROUP, GROUP.slice(1), `${GROUP.slice(4)}/`, 'dig:p:ca:v1:g'])(
  'a group is named as %s',
  async (name) => {
    await using server = await startRecordingServer();
    expect((await runEmco(['approve', name], { server: server.url })).code).toBe(0);
    expect(server.lines()).toEqual([`POST ${GROUP}/approve`]);
  },
);

test.each(['p/ca/v1', 'p/ca/v1/g/x', 'p//v1/g', 'p/ca/v1/../x', ''])('%s is no group', async (name) => {
  const { code, err } = await runEmco(['status', name]);
  expect(code).toBe(2);
  expect(err).toContain('expected project/compositeApp/version/group');
});

test.each(['instantiate', 'update', 'terminate', 'stop', 'pause', 'resume'])(
  '%s is sent with an Idempotency-Key that is its operation id',
  async (verb) => {
    await using server = await startRecordingServer();
    const { code, out } = await runEmco([verb, 'p/ca/v1/g'], { server: server.url });
    expect(code).toBe(0);
    expect(server.lines()).toEqual([`POST ${GROUP}/${verb}`]);
    expect(server.requests[0]?.headers['idempotency-key']).toBe('id-1');
    expect(out).toBe(`${verb} accepted for p/ca/v1/g, operation id-1\n`);
  },
);

test('migrate needs a target and sends it in EMCO’s body', async () => {
  await using server = await startRecordingServer();
  for (const args of [[], ['--to', 'v2'], ['--to', 'v2/g/x'], ['--to', '/g']]) {
    expect((await runEmco(['migrate', 'p/ca/v1/g', ...args], { server: server.url })).code).toBe(2);
  }
  expect(server.requests).toHaveLength(0);
  const { code, out } = await runEmco(['migrate', 'p/ca/v1/g', '--to', 'v2/h'], { server: server.url });
  expect([code, out]).toEqual([0, 'migrate accepted for p/ca/v1/g, operation id-1\n']);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    metadata: { description: '' },
    spec: { targetCompositeAppVersion: 'v2', targetDeploymentIntentGroup: 'h' },
  });
});

test('migrate with --wait follows the operation from the source into the target', async () => {
  await using server = await startRecordingServer(({ method, path }): StubAnswer | undefined => {
    if (method !== 'GET') return undefined;
    if (!path.endsWith('/operations')) return { status: 200, json: { states: { actions: [] } } };
    const operation = { id: 'id-1', number: 1, kind: 'migrate', state: 'done', revision: 2, step: '', message: '' };
    return { status: 200, json: [operation] };
  });
  const { code } = await runEmco(['migrate', 'p/ca/v1/g', '--to', 'v2/h', '--wait'], { server: server.url });
  expect(code).toBe(0);
  const asked = server.lines().filter((line) => line.endsWith('/operations'));
  expect(asked).toEqual([
    `GET ${GROUP}/operations`,
    'GET /v2/projects/p/composite-apps/ca/v2/deployment-intent-groups/h/operations',
  ]);
});

test('terminate asks for CRDs to go and for hooks to be left out only when it is told so', async () => {
  await using server = await startRecordingServer();
  for (const args of [[], ['--delete-crds'], ['--no-hooks']]) {
    expect((await runEmco(['terminate', 'p/ca/v1/g', ...args], { server: server.url })).code).toBe(0);
  }
  const [usual, ...asked] = server.requests.map(({ body }) => body);
  expect(usual).toBe('');
  expect(asked.map((body) => JSON.parse(body))).toEqual([
    { spec: { deleteCrds: true, skipHooks: false } },
    { spec: { deleteCrds: false, skipHooks: true } },
  ]);
});

test('rollback needs a revision and sends it as EMCO’s string', async () => {
  await using server = await startRecordingServer();
  for (const args of [[], ['--to', '0'], ['--to', 'one']]) {
    expect((await runEmco(['rollback', 'p/ca/v1/g', ...args], { server: server.url })).code).toBe(2);
  }
  expect(server.requests).toHaveLength(0);
  const { code } = await runEmco(['rollback', 'p/ca/v1/g', '--to', '3', '--key', 'mine'], { server: server.url });
  expect(code).toBe(0);
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    metadata: { description: '' },
    spec: { revision: '3' },
  });
  expect(server.requests[0]?.headers['idempotency-key']).toBe('mine');
});

test('update is for a group or for files, never for both', async () => {
  for (const args of [[], ['p/ca/v1/g', '-f', 'x.yaml']]) {
    const { code, err } = await runEmco(['update', ...args]);
    expect(code).toBe(2);
    expect(err).toContain('expected a GROUP or -f FILE');
  }
});

test('--wait tells each change and ends with the operation', async () => {
  await using server = await startGroupServer([
    { state: 'requested', phase: 'Ready' },
    { state: 'accepted', phase: 'Pending' },
    { state: 'accepted', phase: 'Committed' },
    { state: 'done', phase: 'Ready' },
  ]);
  const { code, err } = await runEmco(['update', 'p/ca/v1/g', '--wait'], { server: server.url });
  expect(code).toBe(0);
  expect(err.trimEnd().split('\n')).toEqual([
    'update requested, wave 1: 3 Ready',
    'update accepted, wave 1: 3 Pending',
    'update accepted, wave 1: 3 Committed',
    'update done: 3 Ready',
  ]);
});

test('waiting for a state ends as soon as every target is there', async () => {
  await using server = await startGroupServer([
    { state: 'accepted', phase: 'Pending' },
    { state: 'accepted', phase: 'Deployed' },
  ]);
  const { code } = await runEmco(['wait', 'p/ca/v1/g', '--for', 'Committed'], { server: server.url });
  expect(code).toBe(0);
});

test('a failed operation ends the waiting with exit code 1 and its message', async () => {
  await using server = await startGroupServer([
    { state: 'failed', phase: 'Pending', message: 'chart web: no template' },
  ]);
  const { code, err } = await runEmco(['wait', 'p/ca/v1/g', '--for', 'Ready'], { server: server.url });
  expect(code).toBe(1);
  expect(err).toContain('update failed: chart web: no template');
});

test('a state that no cluster will ever report ends the waiting at once', async () => {
  await using server = await startGroupServer([{ state: 'done', phase: 'Committed' }]);
  const { code, err } = await runEmco(['wait', 'p/ca/v1/g', '--for', 'Ready'], { server: server.url });
  expect(code).toBe(1);
  expect(err).toContain('3 targets on clusters that do not report what they run');
});

test('what does not come in time is exit code 4, and the operation goes on', async () => {
  await using server = await startGroupServer([{ state: 'accepted', phase: 'Committed' }]);
  const { code, err } = await runEmco(['wait', 'p/ca/v1/g', '--timeout', '30s'], { server: server.url });
  expect(code).toBe(4);
  expect(err).toContain('expected the end of the operation within 30 s, found update accepted');
});

test('a group without operations cannot be waited for', async () => {
  await using server = await startGroupServer([{ state: 'none', phase: 'Pending' }]);
  expect((await runEmco(['wait', 'p/ca/v1/g'], { server: server.url })).code).toBe(1);
});

test('check says what is wrong with server, parts and token', async () => {
  await using server = await startRecordingServer(({ path }) =>
    path === '/readyz'
      ? { status: 503, json: { status: 'not ready', checks: { store: 'ok', temporal: 'no answer' } } }
      : { status: 401, json: { status: 401, code: 'unauthenticated', detail: 'token missing' } },
  );
  const { code, out } = await runEmco(['check', '-o', 'json'], { server: server.url });
  expect(code).toBe(3);
  const rows = JSON.parse(out) as readonly { readonly check: string; readonly ok: boolean }[]; // printed by the line above
  expect(Object.fromEntries(rows.map(({ check, ok }) => [check, ok]))).toEqual({
    server: false,
    'server store': true,
    'server temporal': false,
    token: false,
    'program git': true,
    'program helm': true,
    'program temporal': true,
  });
});

test('check judges documents without a server', async () => {
  const stdin = `resourceContext: {anchor: projects/p/composite-apps/ca/v1/apps}
metadata: {name: web}
---
resourceContext: {anchor: projects/p/composite-apps/ca/v1/app}
metadata: {name: "no spaces"}
---
resourceContext: {anchor: projects}
metadata: {name: p}
file: nosuch.tgz
---
resourceContext: {anchor: projects}
metadata: {name: p}
`;
  const { code, out } = await runEmco(['check', '--offline', '-f', '-'], { stdin });
  expect(code).toBe(2);
  const found = out
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/^documents +wrong +/, ''));
  expect(found).toEqual([
    'stdin:1: file: expected a tar.gz, found none',
    'stdin:4: resourceContext.anchor: expected a known one, nearest projects/*/composite-apps/*/*/apps, found projects/p/composite-apps/ca/v1/app',
    'stdin:4: metadata.name: expected letters, digits, - _ . (at most 128), found no spaces',
    'stdin:7: file: expected none for projects, found nosuch.tgz',
    'stdin:11: expected each document once, found it at stdin:7 as well',
  ]);
});

test('up hands its arguments over and gives back the exit code', async () => {
  const { code, became } = await runEmco(['up', '--data', '/d', '--port', '0', '--json', '--other', 'x']);
  expect(code).toBe(7);
  expect(became).toEqual(['workers/up.ts', '--data', '/d', '--port', '0', '--json', '--other', 'x']);
});

test('help goes to standard output, a wrong command line to standard error with exit code 2', async () => {
  for (const args of [['help'], ['--help'], ['help', 'apply'], ['wait', '--help']]) {
    const { code, out } = await runEmco(args);
    expect([code, out.includes('Usage: emco')]).toEqual([0, true]);
  }
  expect((await runEmco(['help', 'exit-codes'])).out).toContain('4  the state waited for did not come');
  for (const args of [
    ['statu'],
    ['status'],
    ['help', 'nope'],
    ['get', 'a', '--nope'],
    ['status', 'p/ca/v1/g', '-o', 'xml'],
  ]) {
    const { code, err } = await runEmco(args);
    expect([code, err !== '']).toEqual([2, true]);
  }
});
