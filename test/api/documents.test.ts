import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kind } from '#api/engine/kind.ts';
import { kinds } from '#api/kinds/index.ts';
import type { DocumentKey } from '#domain/group.ts';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { makeChart, makeProfile } from '#test/support/make-archive.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

const named = (name: string, spec?: object) => ({ metadata: { name }, ...(spec === undefined ? {} : { spec }) });
const problemJson = { Accept: 'application/json' };

/** Names of parents in the order of the path, and the documents that make them. */
const names: Readonly<Record<string, string>> = {
  clusterProvider: 'edge',
  cluster: 'c1',
  project: 'shop',
  logicalCloud: 'level-one',
  compositeApp: 'shop',
  compositeAppVersion: 'v1',
  app: 'web',
  compositeProfile: 'small',
  deploymentIntentGroup: 'shop-eu',
  genericPlacementIntent: 'where',
  genericK8sIntent: 'differences',
  genericResource: 'greeting',
  trafficGroupIntent: 'traffic',
  inboundServerIntent: 'web',
  inboundClientsIntent: 'shops',
};

const fill = (template: string): string =>
  `/v2${template.replaceAll(/\{(\w+)\}/g, (_match, name: string) => names[name] ?? 'missing')}`;

async function uploadOf(kind: Kind) {
  const { example } = kind;
  if (kind.upload === undefined) return { json: example };
  const bytes = { app: await makeChart('any-folder'), appProfile: await makeProfile() }[kind.kind as 'app'];
  return { metadata: example, ...(bytes === undefined ? {} : { files: [['file', 'x.tgz', bytes] as const] }) };
}

describe('every kind', () => {
  it('is created from its example, read, listed, replaced and removed, children before parents', async () => {
    const made: string[] = [];
    for (const kind of kinds) {
      const collection = fill(kind.collection);
      const answer = await http.post(collection, await uploadOf(kind));
      expect(answer.status, `${kind.kind}: ${answer.text}`).toBe(201);
      const own = kind.identify?.(kind.example) ?? [memberOfExample(kind)];
      const item = `${collection}/${own.join('/')}`;
      const read = await http.get(item);
      expect(read.status, `${kind.kind}: ${read.text}`).toBe(200);
      expect(read.type).toBe('application/json');
      expect(read.json()).toMatchObject(
        JSON.parse(JSON.stringify(kind.sealed?.some((m) => !m.isRevealed) ? {} : kind.example)),
      );
      expect(read.headers['etag']).toMatch(/^"[0-9a-f]{16,}"$/);
      const list = await http.get(collection);
      expect(list.status).toBe(200);
      // The intents of a group are listed without their names.
      if (kind.kind !== 'groupIntent') expect(list.text).toContain(own[0]);
      const replaced = await http.put(item, await uploadOf(kind));
      expect(replaced.status, `${kind.kind}: ${replaced.text}`).toBe(kind.putCodes?.replaced ?? 201);
      expect(replaced.json()).toEqual(read.json());
      made.push(item);
      if (kind.kind !== 'logicalCloud') continue;
      await http.post(collection, { json: named('level-one', { level: '1' }) });
      made.push(`${collection}/level-one`);
    }
    for (const item of made.reverse()) {
      const removed = await http.remove(item);
      expect(removed.status, `${item}: ${removed.text}`).toBe(204);
      expect((await http.get(item)).status).toBe(404);
    }
  });
});

function memberOfExample(kind: Kind): string {
  const { metadata } = kind.example as { readonly metadata: { readonly name: string } };
  return metadata.name;
}

describe('documents', () => {
  it('take keys in any case, drop what they do not know and fill what is absent, as EMCO does', async () => {
    const answer = await http.post('/v2/projects', {
      text: '{"Metadata":{"NAME":"any-case","description":null,"labels":{"a":"b"}},"unknown":1}',
    });
    expect(answer.status).toBe(201);
    expect(answer.text).toBe('{"metadata":{"name":"any-case","description":"","userData1":"","userData2":""}}\n');
  });

  it('escape what HTML could take for a tag, and can hold any text', async () => {
    await http.post('/v2/projects', { json: { metadata: { name: 'html', description: '<b>&ü\u2028' } } });
    const answer = await http.get('/v2/projects/html');
    expect(answer.text).toContain(String.raw`\u003cb\u003e\u0026ü\u2028`);
    expect(memberOf(answer, 'metadata.description')).toBe('<b>&ü\u2028');
  });

  it('answer problems with code, detail and every finding to a client that accepts JSON', async () => {
    const json = { metadata: { name: 'no name', description: 'x'.repeat(1025) } };
    const answer = await http.post('/v2/projects', { json, headers: problemJson });
    expect(answer.status).toBe(400);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({
      type: 'urn:emco:problem:document-invalid',
      title: 'Invalid Input:',
      status: 400,
      code: 'document-invalid',
      instance: '/v2/projects',
      errors: [
        { object: 'project metadata.name', found: '"no name"' },
        { object: 'project metadata.description', expected: 'at most 1024 characters', found: '1025 characters' },
      ],
    });
  });

  it('refuse bodies that are too large, too deep, compressed or no UTF-8, and stay healthy', async () => {
    const large = await http.post('/v2/projects', { text: `"${'x'.repeat(1024 * 1024)}"` });
    expect(large.status).toBe(413);
    const deep = await http.post('/v2/projects', { text: `{"metadata":${'['.repeat(10_000)}` });
    expect([deep.status, deep.text]).toEqual([422, 'more than 64 levels of nesting\n']);
    const gzip = await http.post('/v2/projects', { json: named('z'), headers: { 'Content-Encoding': 'gzip' } });
    expect(gzip.status).toBe(415);
    const latin = await http.post('/v2/projects', { text: Buffer.from([0x22, 0xff, 0x22]) });
    expect(latin.status).toBe(422);
    const proto = await http.post('/v2/projects', { text: '{"__proto__":{"x":1},"metadata":{"name":"p"}}' });
    expect(proto.status).toBe(422);
    expect((await http.get('/livez')).status).toBe(200);
  });

  it('are changed only by who has seen them, when If-Match says so', async () => {
    const made = await http.post('/v2/projects', { json: named('etag') });
    const first = String(made.headers['etag']);
    const change = { json: { metadata: { name: 'etag', description: 'new' } } };
    const changed = await http.put('/v2/projects/etag', { ...change, headers: { 'If-Match': first } });
    expect(changed.status).toBe(200);
    const stale = await http.put('/v2/projects/etag', { ...change, headers: { 'If-Match': first } });
    expect(stale.status).toBe(412);
    expect((await http.remove('/v2/projects/etag', { 'If-Match': first })).status).toBe(412);
    const known = await http.get('/v2/projects/etag', { 'If-None-Match': String(changed.headers['etag']) });
    expect(known.status).toBe(304);
    expect((await http.remove('/v2/projects/etag', { 'If-Match': '*' })).status).toBe(204);
    const absent = await http.put('/v2/projects/etag', { ...change, headers: { 'If-Match': '*' } });
    expect(absent.status).toBe(412);
  });

  it('are not reached by names that no document can have', async () => {
    for (const name of ['a%2Fcomposite-apps', '..%2F..', '%00', 'a%20b', '.git', 'x'.repeat(129)]) {
      expect((await http.get(`/v2/projects/${name}`)).status, name).toBe(404);
      const child = await http.post(`/v2/projects/${name}/composite-apps`, {
        json: named('x', { compositeAppVersion: 'v1' }),
      });
      expect(child.status, name).toBe(409);
    }
    expect((await http.get('/v2/projects/%E0%A4%A')).status).toBe(400);
  });

  it('stay while others refer to them, and say who', async () => {
    await http.post('/v2/cluster-providers', { json: named('held') });
    await http.post('/v2/cluster-providers/held/cluster-sync-objects', {
      json: named('repo', { kv: [{ url: 'https://g/r' }] }),
    });
    const gitOps = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'repo', gitOpsResourceObject: 'repo' };
    await http.post('/v2/cluster-providers/held/clusters', { metadata: named('c1', { gitOps }) });
    const refused = await http.remove('/v2/cluster-providers/held/cluster-sync-objects/repo', problemJson);
    expect(refused.status).toBe(409);
    expect(memberOf(refused, 'errors.0.found')).toBe('/cluster-providers/held/clusters/c1');
    const parent = await http.remove('/v2/cluster-providers/held', problemJson);
    expect([parent.status, memberOf(parent, 'code')]).toEqual([409, 'has-children']);
  });
});

describe('secrets', () => {
  const kv = [{ userName: 'me', gitToken: 'glpat-secret-7' }, { url: 'https://git/r' }, { secrets: 'plain' }];

  it('of sync objects are sealed in the store, redacted in answers and kept by a PUT of what was read', async () => {
    await http.post('/v2/cluster-providers', { json: named('sealed') });
    const made = await http.post('/v2/cluster-providers/sealed/cluster-sync-objects', { json: named('repo', { kv }) });
    expect(made.text).not.toContain('glpat-secret-7');
    const path = '/v2/cluster-providers/sealed/cluster-sync-objects/repo';
    const read = await http.get(path);
    expect(memberOf(read, 'spec.kv')).toEqual([
      { userName: 'me', gitToken: '(redacted)' },
      { url: 'https://git/r' },
      { secrets: 'plain' },
    ]);
    expect((await http.get(`${path}?key=gitToken`)).json()).toEqual({ value: '(redacted)' });
    expect((await http.get(`${path}?key=url`)).json()).toEqual({ value: 'https://git/r' });
    await http.put(path, { json: read.json() });
    const stored = await database.store.documents.find(
      '/cluster-providers/sealed/cluster-sync-objects/repo' as DocumentKey,
    );
    expect(JSON.stringify(stored?.body)).not.toContain('glpat-secret-7');
    expect(stored?.secrets['spec.kv']).toEqual(kv);
  });

  it('may not stand in the URL of a repository', async () => {
    const url = 'https://me:glpat-secret-8@git/r';
    const answer = await http.post('/v2/cluster-providers/sealed/cluster-sync-objects', {
      json: named('in-url', { kv: [{ url }] }),
      headers: problemJson,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('glpat-secret-8');
  });

  it('of a kubeconfig are left out of what is read', async () => {
    const kubeconfig = JSON.stringify({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://api:6443' } }],
      users: [{ name: 'u', user: { token: 'eyJ-secret-9' } }],
    });
    const path = '/v2/cluster-providers/sealed/clusters';
    const made = await http.post(path, { metadata: named('direct'), files: [['file', 'kc', kubeconfig]] });
    expect([made.status, made.headers['warning']]).toEqual([201, undefined]);
    const file = await http.get(`${path}/direct`, { Accept: 'application/octet-stream' });
    expect(file.text).toContain('https://api:6443');
    expect(file.text).not.toContain('eyJ-secret-9');
    const both = await http.get(`${path}/direct`, { Accept: 'multipart/form-data' });
    expect(both.text).not.toContain('eyJ-secret-9');
    const [, boundary = ''] = /boundary=(\w+)/.exec(both.type) ?? [];
    expect(both.text.endsWith(`--${boundary}--\r\n`)).toBe(true);
    expect(both.text).toContain('name="metadata"');
    expect(both.text).toContain('name="file"; filename="kubeconfig"');
  });

  it('never reach the log', () => {
    expect(JSON.stringify(api.log)).not.toContain('secret-');
    expect(api.log.length).toBeGreaterThan(10);
  });
});

describe('lists and views', () => {
  it('give clusters by label and with their labels', async () => {
    await http.post('/v2/cluster-providers', { json: named('many') });
    const path = '/v2/cluster-providers/many/clusters';
    const gitOps = { gitOpsType: 'fluxcd' };
    for (const name of ['c1', 'c2', 'c3']) await http.post(path, { metadata: named(name, { gitOps }) });
    for (const name of ['c3', 'c1'])
      await http.post(`${path}/${name}/labels`, { json: { metadata: { name: '' }, clusterLabel: 'eu' } });
    expect((await http.get(`${path}?label=eu`)).json()).toEqual(['c1', 'c3']);
    expect((await http.get(`${path}?label=us`)).json()).toEqual([]);
    const all = await http.get(`${path}?withLabels=true`);
    expect(memberOf(all, '0.labels')).toEqual([{ clusterLabel: 'eu' }]);
    expect(memberOf(all, '1.labels')).toEqual([]);
  });

  it('give `null` or `[]` for nothing, each as EMCO does', async () => {
    expect((await http.get('/v2/dtc-controllers')).text).toBe('null\n');
    expect((await http.get('/v2/cluster-providers/nosuch/clusters')).text).toBe('[]\n');
    expect((await http.get('/v2/projects/nosuch/composite-apps')).status).toBe(404);
  });
});
