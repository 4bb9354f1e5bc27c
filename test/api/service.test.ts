import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toItemTemplate } from '#api/engine/paths.ts';
import { kinds } from '#api/kinds/index.ts';
import { listen } from '#api/server.ts';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let open: TestApi;
let closed: TestApi;
let http: Caller;
let guarded: Caller;

const token = 'correct-horse';
const links = { temporalUi: 'http://127.0.0.1:8233', git: 'javascript:alert(1)' };

beforeAll(async () => {
  database = await startTestStore();
  open = await startTestApi(database.store, { links });
  closed = await startTestApi(database.store, { token });
  http = makeCaller(open.url);
  guarded = makeCaller(closed.url);
});
afterAll(async () => {
  await open?.stop();
  await closed?.stop();
  await database?.stop();
});

describe('the bearer token', () => {
  it('is needed for everything but /livez', async () => {
    expect((await guarded.get('/livez')).status).toBe(200);
    for (const path of ['/readyz', '/metrics', '/docs', '/openapi.json', '/v2/projects', '/v2/nosuch', '/LIVEZ']) {
      const answer = await guarded.get(path, { Accept: 'application/json' });
      expect([answer.status, answer.headers['www-authenticate']], path).toEqual([401, 'Bearer']);
      expect(memberOf(answer, 'code')).toBe('unauthenticated');
    }
    expect((await guarded.post('/v2/projects', { json: { metadata: { name: 'p' } } })).status).toBe(401);
  });

  it('is compared as a whole and never shown', async () => {
    for (const wrong of ['Bearer correct', `Bearer ${token}x`, `Basic ${token}`, 'Bearer ', token]) {
      expect((await guarded.get('/v2/projects', { Authorization: wrong })).status, wrong).toBe(401);
    }
    expect((await guarded.get('/v2/projects', { Authorization: `bearer ${token}` })).status).toBe(200);
    expect(JSON.stringify(closed.log)).not.toContain(token);
  });

  it('is asked for before the API listens where others reach it', async () => {
    await expect(listen(open.deps, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(listen(open.deps, { host: '::', port: 0 })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(listen({ ...open.deps, token: '' }, { host: '10.0.0.1', port: 0 })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('the service', () => {
  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(listen(open.deps, { host: '127.0.0.1', port })).rejects.toThrow(`127.0.0.1:${port}`);
    other.close();
  });

  it('is ready when store and Temporal answer', async () => {
    expect((await http.get('/readyz')).json()).toEqual({ status: 'ready', checks: { store: 'ok', temporal: 'ok' } });
    open.control.isAway = true;
    const away = await http.get('/readyz');
    open.control.isAway = false;
    expect([away.status, memberOf(away, 'checks.temporal')]).toEqual([503, 'no answer']);
  });

  it('counts by the template of a route, not by its path', async () => {
    await http.get('/v2/projects/one');
    await http.get('/v2/projects/two');
    await http.get('/v2/made-up/path');
    const metrics = await http.get('/metrics');
    expect(metrics.text).toContain(
      'emco_http_requests_total{method="GET",route="/v2/projects/:project",status="404"} 2',
    );
    expect(metrics.text).toMatch(/emco_http_requests_total\{method="GET",route="none",status="404"\} \d/);
    expect(metrics.text).toContain('emco_build{component="api",version="1.2.3",revision=""} 1');
    expect(metrics.text).toContain('emco_groups{state="Instantiated"} 0');
    expect(metrics.text).not.toContain('made-up');
  });

  it('sends headers that keep browsers from guessing, and shows no internals', async () => {
    const answer = await http.get('/v2/nosuch');
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(answer.headers['x-powered-by']).toBeUndefined();
    const broken = await startTestApi({
      ...database.store,
      documents: { ...database.store.documents, list: () => Promise.reject(new Error('secret detail')) },
    });
    const failed = await makeCaller(broken.url).get('/v2/projects', { Accept: 'application/json' });
    await broken.stop();
    expect([failed.status, memberOf(failed, 'code')]).toEqual([500, 'internal']);
    expect(failed.text).not.toContain('secret detail');
    expect(JSON.stringify(broken.log)).toContain('secret detail');
  });

  it('logs method, route, status and time of each request, and its id in the answer', async () => {
    const answer = await http.get('/v2/projects/logged?token=abc');
    const line = open.log.find(({ requestId }) => requestId === answer.headers['x-request-id']);
    expect(line).toMatchObject({ event: 'request', method: 'GET', route: '/v2/projects/:project', status: 404 });
    expect(JSON.stringify(line)).not.toContain('abc');
  });

  it.each([
    ['GET', '/v2/projects/', 404],
    ['GET', '/V2/projects', 404],
    ['GET', '/v2/Projects', 404],
    ['HEAD', '/v2/projects', 405],
    ['OPTIONS', '/v2/projects', 405],
    ['PATCH', '/v2/projects/p', 405],
    ['DELETE', '/v2/projects', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const answer = await http.call({ method, path });
    expect(answer.status).toBe(status);
    if (status === 405) expect([answer.text, answer.headers['allow']]).toEqual(['', expect.stringContaining('GET')]);
  });
});

describe('the description of the API', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const document = await http.get('/openapi.json');
    expect(memberOf(document, 'openapi')).toBe('3.1.0');
    const result = await new Validator().validate(JSON.parse(document.text));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('has every path of every kind, with an operation id of its own for each operation', async () => {
    const { paths } = JSON.parse((await http.get('/openapi.json')).text) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
    };
    for (const kind of kinds) {
      expect(Object.keys(paths[`/v2${kind.collection}`] ?? {}).sort()).toEqual(['get', 'post']);
      expect(Object.keys(paths[`/v2${toItemTemplate(kind)}`] ?? {}).sort()).toEqual(['delete', 'get', 'put']);
    }
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes only what is served: no operation is a missing route', async () => {
    const { paths } = JSON.parse((await http.get('/openapi.json')).text) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const answer = await http.call({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'x') });
        expect([404, 405].includes(answer.status) && /page not found|^$/.test(answer.text), `${method} ${path}`).toBe(
          false,
        );
        expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(500);
      }
    }
  });

  it('has a page that needs nothing from elsewhere', async () => {
    const page = await http.get('/docs');
    expect(page.type).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('id="createDeploymentIntentGroup"');
    expect(page.text).not.toMatch(/<script|src=|@import|url\(/);
    expect(page.text).toContain('href="http://127.0.0.1:8233"');
    expect(page.text).not.toContain('javascript:');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const start = await http.get('/', { Accept: 'text/html' });
    expect([start.status, start.headers['location']]).toEqual([302, '/docs']);
  });
});
