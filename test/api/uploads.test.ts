/** Bad inputs: each is refused quickly, with a 4xx that names the cause, and leaves the service healthy. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { type ArchiveFile, makeChart, makeTarGz } from '#test/support/make-archive.ts';
import { seedGroup, type SeededGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
let group: SeededGroup;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  group = await seedGroup(http, { project: 'bad', apps: ['web'], clusters: ['c1'] });
  await http.post(`${group.path}/generic-k8s-intents`, { json: { metadata: { name: 'gac' } } });
});
afterAll(async () => {
  expect((await http.get('/readyz')).status).toBe(200);
  await api?.stop();
  await database?.stop();
});

const headers = { Accept: 'application/json' };
const named = (name: string, spec?: object) => ({ metadata: { name }, ...(spec === undefined ? {} : { spec }) });

const postChart = (bytes: Uint8Array) =>
  http.post(`${group.version}/apps`, { metadata: named('bad'), files: [['file', 'c.tgz', bytes]], headers });

const chartYaml: ArchiveFile = { name: 'web/Chart.yaml', text: 'name: web\nversion: 1.0.0\n' };

describe('a chart', () => {
  it.each<readonly [string, readonly ArchiveFile[], string]>([
    ['that leaves its folder', [chartYaml, { name: '../evil', text: 'x' }], '".."'],
    ['with a link', [chartYaml, { name: 'web/l', type: 'symlink', linkname: '/etc' }], 'symlink'],
    ['with two folders', [chartYaml, { name: 'db/Chart.yaml', text: 'name: db' }], 'db, web at the top'],
    ['without a folder', [{ name: 'Chart.yaml', text: 'name: web' }], 'Chart.yaml at the top'],
    ['without Chart.yaml', [{ name: 'web/values.yaml', text: 'a: b' }], 'expected web/Chart.yaml, found none'],
    ['whose Chart.yaml is no YAML', [{ name: 'web/Chart.yaml', text: 'a: [' }], 'valid YAML in web/Chart.yaml'],
    ['without a name', [{ name: 'web/Chart.yaml', text: 'version: 1.0.0' }], 'name in web/Chart.yaml'],
    [
      'that is a library',
      [{ name: 'web/Chart.yaml', text: 'name: web\ntype: library' }],
      'a chart of type application',
    ],
  ])('%s is refused with 422 and the reason', async (_case, files, reason) => {
    const answer = await postChart(await makeTarGz(files));
    expect([answer.status, memberOf(answer, 'title')]).toEqual([422, 'Error in file format']);
    expect(memberOf(answer, 'detail')).toContain(reason);
  });

  it('that is a bomb or too large is refused with 413', async () => {
    const bomb = await makeTarGz([chartYaml, { name: 'web/z', bytes: Buffer.alloc(48 * 1024 * 1024) }]);
    expect((await postChart(bomb)).status).toBe(413);
    const large = await postChart(Buffer.alloc(33 * 1024 * 1024));
    expect([large.status, memberOf(large, 'errors.0.object')]).toEqual([413, 'part file']);
  });

  it('that is no multipart, has a part twice, or is cut off is refused', async () => {
    const at = `${group.version}/apps`;
    expect((await http.post(at, { json: named('x') })).text).toBe("request Content-Type isn't multipart/form-data\n");
    const chart = await makeChart('web');
    const file = ['file', 'c.tgz', chart] as const;
    expect((await http.post(at, { metadata: named('x'), files: [file, file] })).status).toBe(400);
    const cut = Buffer.from('--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{');
    const type = { 'Content-Type': 'multipart/form-data; boundary=b' };
    expect((await http.post(at, { text: cut, headers: type })).status).toBe(422);
    const noBoundary = { 'Content-Type': 'multipart/form-data' };
    expect((await http.post(at, { text: cut, headers: noBoundary })).status).toBe(422);
  });

  it('takes metadata from a file part too, as curl -F metadata=@file sends it', async () => {
    const chart = await makeChart('web');
    const parts = [
      ['metadata', 'm.json', JSON.stringify(named('from-file'))],
      ['file', 'c.tgz', chart],
    ] as const;
    expect((await http.post(`${group.version}/apps`, { files: parts })).status).toBe(201);
  });
});

describe('a profile', () => {
  it('must be a safe archive; without manifest.yaml it is taken with a warning', async () => {
    const at = `${group.version}/composite-profiles/cp/profiles`;
    const post = (bytes: Uint8Array) =>
      http.post(at, { metadata: named('p', { app: 'web' }), files: [['file', 'p.tgz', bytes]] });
    expect((await post(gzipSync('x'))).text).toBe('Error in file format\n');
    const bare = await post(await makeTarGz([{ name: 'values.yaml', text: 'a: b' }]));
    expect(bare.status).toBe(201);
    expect(bare.headers['warning']).toContain('expected manifest.yaml at the top of the archive');
    const second = await http.post(at, {
      metadata: named('p2', { app: 'web' }),
      files: [['file', 'p.tgz', await makeTarGz([{ name: 'manifest.yaml', text: 'version: v1' }])]],
    });
    expect([second.status, second.text]).toEqual([409, 'App already has an AppProfile\n']);
    expect((await http.get(`${at}?app=web`)).json()).toMatchObject({ metadata: { name: 'p' } });
    expect((await http.get(`${at}?app=nosuch`)).status).toBe(404);
  });
});

describe('a template', () => {
  const post = (template: string, kind = 'ConfigMap', newObject = 'true') =>
    http.post(`${group.path}/generic-k8s-intents/gac/resources`, {
      metadata: named('r', { app: 'web', newObject, resourceGVK: { apiVersion: 'v1', kind, name: 'x' } }),
      files: template === 'no file' ? [] : [['file', 'filename', template]],
    });
  const billion = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
  ];
  const laughs = [
    ...billion,
    'd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    'e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]',
    'f: [*e,*e,*e,*e,*e,*e]',
  ].join('\n');
  const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n';

  it.each([
    ['an alias bomb', laughs, ''],
    ['a merge key', 'a: &a {b: c}\nd:\n  <<: *a\n', 'merge key'],
    ['a custom tag', `${object}data: {a: !!js/function "x"}`, 'tag'],
    ['deep nesting', `a: ${'['.repeat(200)}`, 'nesting'],
    ['an equal key', `${object}kind: Secret\n`, 'kind'],
    ['__proto__', `${object}data: {__proto__: {a: b}}`, '__proto__'],
    ['two objects', `${object}---\n${object}`, '2 objects in one template'],
    ['no apiVersion', 'kind: ConfigMap\nmetadata: {name: x}\n', 'apiVersion not set'],
    ['a kind that is no text', 'apiVersion: v1\nkind: 5\nmetadata: {name: x}\n', 'kind is not string type'],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n', 'resource name not set'],
    ['a list', '- a\n', 'invalid object to validate'],
  ])('with %s is refused', async (_case, template, reason) => {
    const answer = await post(template);
    expect([answer.status, answer.text.split('\n')[0]]).toEqual([400, 'failed to validate the resource template file']);
    expect(answer.text).toContain(reason);
  });

  it('is needed for a new object that is neither ConfigMap nor Secret, and ignored for an old one', async () => {
    expect((await post('no file', 'Deployment')).status).toBe(422);
    expect((await post('', 'Deployment')).status).toBe(422);
    expect((await post(`\n---\n${object}---\n`)).status).toBe(201);
    await http.remove(`${group.path}/generic-k8s-intents/gac/resources/r`);
    expect((await post('anything: [', 'StatefulSet', 'false')).status).toBe(201);
    await http.remove(`${group.path}/generic-k8s-intents/gac/resources/r`);
  });

  it('and data files are kept by a PUT that brings none', async () => {
    const at = `${group.path}/generic-k8s-intents/gac/resources`;
    await post(object);
    const spec = { app: 'web', newObject: 'true', resourceGVK: { apiVersion: 'v1', kind: 'ConfigMap', name: 'y' } };
    expect((await http.put(`${at}/r`, { metadata: named('r', spec) })).status).toBe(200);
    const file = await http.get(`${at}/r`, { Accept: 'application/octet-stream' });
    expect(file.text).toBe(object);
    const clusterInfo = { scope: 'name', clusterProvider: 'bad', cluster: 'c1', mode: 'allow' };
    const custom = (more: object = {}) => named('k', { clusterSpecific: 'true', clusterInfo, ...more });
    const files = [
      ['files', 'a.yaml', 'one'],
      ['files', 'empty.yaml', ''],
      ['files', 'b.yaml', 'two'],
    ] as const;
    const made = await http.post(`${at}/r/customizations`, { metadata: custom(), files });
    expect(made.status).toBe(201);
    const both = await http.get(`${at}/r/customizations/k`, { Accept: 'multipart/form-data' });
    expect([...both.text.matchAll(/name="(\w+)"(?:; filename="([^"]*)")?/g)].map((match) => match.slice(1))).toEqual([
      ['customization', undefined],
      ['files', 'a.yaml'],
      ['files', 'b.yaml'],
    ]);
    const patchJson = [{ op: 'add', path: '/data/__proto__/x', value: 1 }];
    const unsafe = await http.put(`${at}/r/customizations/k`, { metadata: custom({ patchType: 'json', patchJson }) });
    expect(unsafe.status).toBe(400);
    const nothing = await http.put(`${at}/r/customizations/k`, {
      metadata: custom({ patchType: 'json', patchJson: [{ op: 'remove', path: '/data/x', value: null }] }),
    });
    expect([nothing.status, memberOf(nothing, 'spec.patchJson.0.value')]).toEqual([200, null]);
    const absent = await http.put(`${at}/r/customizations/k`, {
      metadata: custom({ patchType: 'json', patchJson: [{ op: 'remove', path: '/data/x' }] }),
    });
    expect([absent.status, absent.text]).toEqual([400, 'Invalid Input:\nvalue is required\n']);
  });
});

describe('a kubeconfig', () => {
  const config = (user: object, cluster: object = { server: 'https://api:6443' }) =>
    JSON.stringify({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster }],
      users: [{ name: 'u', user }],
    });
  const post = (name: string, kubeconfig: string) =>
    http.post('/v2/cluster-providers/bad/clusters', {
      metadata: named(name),
      files: [['file', 'kc', kubeconfig]],
      headers,
    });

  it.each([
    ['runs a program', config({ exec: { command: 'sh' } }), 'exec'],
    ['reads a token file', config({ tokenFile: '/etc/passwd' }), 'tokenFile'],
    ['reads a certificate', config({ 'client-certificate': '/etc/passwd' }), 'client-certificate'],
    ['reads an authority', config({}, { server: 'https://a', 'certificate-authority': '/etc/passwd' }), 'authority'],
  ])('that %s here is refused', async (_case, kubeconfig, reason) => {
    const answer = await post('evil', kubeconfig);
    expect(answer.status).toBe(422);
    expect(memberOf(answer, 'detail')).toContain(reason);
  });

  it('that is none is taken with a warning, as EMCO takes it', async () => {
    const answer = await post('odd', 'not a kubeconfig');
    expect([answer.status, String(answer.headers['warning'])]).toEqual([
      201,
      expect.stringContaining('expected a kubeconfig'),
    ]);
  });

  it('is replaced by a PUT, which EMCO does not have', async () => {
    const path = '/v2/cluster-providers/bad/clusters/odd';
    const change = { metadata: named('odd'), files: [['file', 'kc', config({ token: 't' })] as const] };
    expect((await http.put(path, change)).status).toBe(200);
    expect((await http.get(path, { Accept: 'application/octet-stream' })).text).toContain('https://api:6443');
    expect((await http.put(path, { metadata: named('odd') })).status).toBe(200);
    expect((await http.get(path, { Accept: 'application/octet-stream' })).text).toContain('https://api:6443');
  });
});
