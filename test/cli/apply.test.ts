import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRecordingServer } from './recording-server.ts';
import type { StubAnswer } from './recording-server.ts';
import { runEmco } from './run-emco.ts';

const GROUP = 'projects/p/composite-apps/ca/v1/deployment-intent-groups/g';
const refused = (status: number, code: string, detail: string): StubAnswer => ({
  status,
  json: { type: `urn:emco:problem:${code}`, title: detail, status, detail, code, errors: [] },
});

let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-cli-'));
  file = join(folder, 'all.yaml');
  await writeFile(join(folder, 'web.tgz'), Buffer.from([0x1f, 0x8b, 8, 0]));
  await writeFile(join(folder, 'a.json'), '{"a":1}');
  await writeFile(join(folder, 'b.json'), '{"b":1}');
  await writeFile(
    file,
    `version: emco/v2
resourceContext: {anchor: projects}
metadata: {name: p, description: "a project", userData1: "1"}
---
resourceContext: {anchor: projects/p/composite-apps/ca/v1/apps}
metadata: {name: web}
file: web.tgz
---
resourceContext: {anchor: ${GROUP}/generic-k8s-intents/i/resources/r/customizations}
metadata: {name: c}
spec: {clusterSpecific: "false"}
files: [a.json, b.json]
---
resourceContext: {anchor: ${GROUP}/approve}
---
resourceContext: {anchor: ${GROUP}/instantiate}
`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

test('apply sends every document in order, files as forms, actions with an Idempotency-Key', async () => {
  await using server = await startRecordingServer();
  const { code, out, err } = await runEmco(['apply', '-f', file], { server: server.url });

  expect(code, err).toBe(0);
  expect(server.lines()).toEqual([
    'POST /v2/projects',
    'POST /v2/projects/p/composite-apps/ca/v1/apps',
    `POST /v2/${GROUP}/generic-k8s-intents/i/resources/r/customizations`,
    `POST /v2/${GROUP}/approve`,
    `POST /v2/${GROUP}/instantiate`,
  ]);
  const [project, app, customization, approve, instantiate] = server.requests;
  expect(JSON.parse(project?.body ?? '')).toEqual({
    metadata: { name: 'p', description: 'a project', userData1: '1' },
  });
  expect(project?.headers['idempotency-key']).toBeUndefined();
  expect(app?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  expect(app?.body).toContain('name="metadata"\r\n\r\n{"metadata":{"name":"web"}}');
  expect(app?.body).toContain(
    'name="file"; filename="web.tgz"\r\nContent-Type: application/gzip\r\n\r\n\x1f\x8b\x08\x00',
  );
  expect(customization?.body.match(/name="files"; filename="[ab]\.json"/g)).toHaveLength(2);
  expect(approve?.headers['idempotency-key']).toMatch(/^id-/);
  expect(instantiate?.headers['idempotency-key']).toMatch(/^id-/);
  expect(instantiate?.headers['idempotency-key']).not.toBe(approve?.headers['idempotency-key']);
  expect(out.split('\n').slice(0, 4)).toEqual([
    'created   projects/p',
    'created   projects/p/composite-apps/ca/v1/apps/web',
    `created   ${GROUP}/generic-k8s-intents/i/resources/r/customizations/c`,
    `accepted  ${GROUP}/approve`,
  ]);
  expect(err).toBe('');
});

test('delete goes through all files from the end, waits for what it terminates and takes absence for success', async () => {
  let id = '';
  const looks = [
    { state: 'accepted', deployedStatus: 'Terminating' },
    { state: 'done', deployedStatus: 'Terminated' },
  ];
  await using server = await startRecordingServer(({ method, path, headers }) => {
    if (path.endsWith('/apps/web')) return refused(404, 'document-not-found', 'App not found');
    if (path.endsWith('/terminate')) id = String(headers['idempotency-key']);
    const [look] = looks;
    if (path.endsWith('/operations')) return { status: 200, json: [{ id, kind: 'terminate', state: look?.state }] };
    if (method === 'GET') return { status: 200, json: { deployedStatus: looks.shift()?.deployedStatus } };
    return undefined;
  });
  const second = join(folder, 'second.yaml');
  await writeFile(second, 'resourceContext: {anchor: controllers}\nmetadata: {name: gac}\n');
  const { code, out } = await runEmco(['delete', '-f', file, '-f', second], { server: server.url });

  expect(code).toBe(0);
  expect(server.lines()).toEqual([
    'DELETE /v2/controllers/gac',
    `POST /v2/${GROUP}/terminate`,
    ...Array.from({ length: 2 }, () => [
      `GET /v2/${GROUP}/operations`,
      `GET /v2/${GROUP}/status?status=ready&output=summary`,
    ]).flat(),
    `DELETE /v2/${GROUP}/generic-k8s-intents/i/resources/r/customizations/c`,
    'DELETE /v2/projects/p/composite-apps/ca/v1/apps/web',
    'DELETE /v2/projects/p',
  ]);
  expect(server.requests[1]?.body).toBe('');
  expect(out).toContain('absent    projects/p/composite-apps/ca/v1/apps/web\n');
});

test('delete touches nothing of a group that runs and that no file terminates', async () => {
  const actions = [{ state: 'Instantiated', instance: '1', time: 't', revision: 1 }];
  await using server = await startRecordingServer(() => ({ status: 200, json: { states: { actions } } }));
  const stdin = `resourceContext: {anchor: ${GROUP.slice(0, -2)}}
metadata: {name: g}
---
resourceContext: {anchor: ${GROUP}/intents}
metadata: {name: i}
`;
  const { code, err } = await runEmco(['delete', '-f', '-'], { server: server.url, stdin });
  expect(code).toBe(1);
  expect(err).toContain('run `emco terminate p/ca/v1/g --wait` first');
  expect(server.lines()).toEqual([`GET /v2/${GROUP}/status?output=summary`]);
});

test('update replaces documents at their own addresses and leaves actions out', async () => {
  await using server = await startRecordingServer();
  const { code, out } = await runEmco(['update', '-f', file], { server: server.url });

  expect(code).toBe(0);
  expect(server.lines()).toEqual([
    'PUT /v2/projects/p',
    'PUT /v2/projects/p/composite-apps/ca/v1/apps/web',
    `PUT /v2/${GROUP}/generic-k8s-intents/i/resources/r/customizations/c`,
  ]);
  expect(out).toContain(`skipped   ${GROUP}/instantiate\n`);
});

test('a refusal ends with exit code 1, the finding and what to do, and nothing after it is sent', async () => {
  await using server = await startRecordingServer(({ path }) =>
    path === '/v2/projects' ? refused(409, 'already-exists', 'Project already exists') : undefined,
  );
  const { code, err } = await runEmco(['apply', '-f', file], { server: server.url });

  expect(code).toBe(1);
  expect(err).toContain('all.yaml:1: POST /v2/projects: Project already exists (409 already-exists)');
  expect(err).toContain('use `emco update -f` to replace it');
  expect(server.requests).toHaveLength(1);
});

test('what exists can be skipped or updated instead', async () => {
  const conflict = (request: { readonly method: string; readonly path: string }): StubAnswer | undefined =>
    request.method === 'POST' && request.path === '/v2/projects'
      ? refused(409, 'already-exists', 'Project already exists')
      : undefined;
  await using server = await startRecordingServer(conflict);
  const skipped = await runEmco(['apply', '--existing', 'skip', '-f', file], { server: server.url });
  expect(skipped.code).toBe(0);
  expect(skipped.out).toContain('exists    projects/p\n');

  await using second = await startRecordingServer(conflict);
  const updated = await runEmco(['apply', '--existing', 'update', '-f', file], { server: second.url });
  expect(updated.code).toBe(0);
  expect(second.lines().slice(0, 2)).toEqual(['POST /v2/projects', 'PUT /v2/projects/p']);
});

test('--keep-going sends the rest and still fails', async () => {
  await using server = await startRecordingServer(({ path }) =>
    path === '/v2/projects' ? { status: 500, text: 'The server encountered an internal error\n' } : undefined,
  );
  const { code, err } = await runEmco(['apply', '--keep-going', '-f', file], { server: server.url });

  expect(code).toBe(1);
  expect(server.requests).toHaveLength(5);
  expect(err).toContain('POST /v2/projects: The server encountered an internal error (500)');
  expect(err).toContain('1 of 5 documents were refused');
});

test('a file that is missing or wrong stops everything before the first request', async () => {
  await using server = await startRecordingServer();
  const broken = join(folder, 'broken.yaml');
  await writeFile(broken, 'resourceContext: {anchor: projects}\nmetadata: {name: p}\n---\nmetadata: {}\n');
  for (const [name, found] of [
    [broken, 'broken.yaml:4: resourceContext.anchor: expected a path'],
    [join(folder, 'nosuch.yaml'), 'expected a readable file, found none'],
  ] as const) {
    const { code, err } = await runEmco(['apply', '-f', name], { server: server.url });
    expect(code).toBe(2);
    expect(err).toContain(found);
  }
  expect(server.requests).toHaveLength(0);
});

test('the token is sent as a bearer token and is never printed', async () => {
  await using server = await startRecordingServer(() => refused(401, 'unauthenticated', 'token refused'));
  const token = join(folder, 'token');
  await writeFile(token, 'sesame-4711\n');
  const { code, out, err } = await runEmco(['get', 'projects', '--token-file', token], { server: server.url });
  expect(server.requests[0]?.headers.authorization).toBe('Bearer sesame-4711');
  expect(code).toBe(6);
  expect(out + err).not.toContain('sesame');
});

test('get prints a table of names, or YAML that can be applied again', async () => {
  const projects = [{ metadata: { name: 'a', description: 'first' } }, { metadata: { name: 'b', description: '' } }];
  await using server = await startRecordingServer(() => ({ status: 200, json: projects }));
  const table = await runEmco(['get', 'projects'], { server: server.url });
  expect(table.out).toBe('KIND      NAME  DESCRIPTION\nprojects  a     first\nprojects  b\n');

  const yaml = await runEmco(['get', 'projects', '-o', 'yaml'], { server: server.url });
  const again = await runEmco(['apply', '-f', '-'], { server: server.url, stdin: yaml.out });
  expect(again.code).toBe(0);
  expect(server.requests.slice(2).map(({ body }) => JSON.parse(body) as unknown)).toEqual(projects);
});

test('a server that is busy is asked again where that is safe', async () => {
  let asked = 0;
  await using server = await startRecordingServer(() =>
    (asked += 1) < 3
      ? { ...refused(503, 'temporal-unavailable', 'no answer'), headers: { 'retry-after': '2' } }
      : undefined,
  );
  const verb = await runEmco(['instantiate', 'p/ca/v1/g'], { server: server.url });
  expect(verb.code, verb.err).toBe(0);
  const keys = new Set(server.requests.map(({ headers }) => headers['idempotency-key']));
  expect([asked, keys.size]).toEqual([3, 1]);

  asked = 0;
  const create = await runEmco(['apply', '-f', '-'], {
    server: server.url,
    stdin: 'resourceContext: {anchor: projects}\nmetadata: {name: p}\n',
  });
  expect([create.code, asked]).toEqual([3, 1]);
});

test('nobody listening is exit code 3 with the way to start a server', async () => {
  const { code, err } = await runEmco(['get', 'projects'], { server: 'http://127.0.0.1:1' });
  expect(code).toBe(3);
  expect(err).toContain('start it with `emco up`');
});
