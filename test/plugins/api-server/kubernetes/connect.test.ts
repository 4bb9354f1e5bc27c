import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiServer } from '#domain/ports/api-server.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { answer, startScriptedApiServer } from '#test/support/scripted-api-server.ts';
import type { Script, ScriptedApiServer } from '#test/support/scripted-api-server.ts';

async function start(script: Script, prefix = ''): Promise<{ server: ScriptedApiServer; api: ApiServer }> {
  const server = await startScriptedApiServer(script, prefix);
  const api = await connectApiServer(server.kubeconfig);
  onTestFinished(async () => {
    api.close();
    await server.stop();
  });
  return { server, api };
}

const get = (path: string) => ({ method: 'GET', path }) as const;

async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error('expected a Failure, found something else', { cause: error });
}

describe('a call to an API server', () => {
  it('carries the token and gives the body', async () => {
    const { server, api } = await start((_, response) => answer(response, 200, { kind: 'Pod' }));
    expect(await api.call(get('/api/v1/pods/a'))).toEqual({ ok: true, body: { kind: 'Pod' } });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer the-token');
  });

  it('gives a refusal with its reason and message', async () => {
    const refusal = { reason: 'NotFound', message: 'pods "a" not found' };
    const { api } = await start((_, response) => answer(response, 404, refusal));
    expect(await api.call(get('/api/v1/pods/a'))).toEqual({ ok: false, status: 404, ...refusal });
  });

  it('gives a 500 as an answer, since server-side apply says so to a bad object', async () => {
    const { api } = await start((_, response) => answer(response, 500, { message: 'field not declared in schema' }));
    expect(await api.call(get('/x'))).toMatchObject({
      ok: false,
      status: 500,
      message: 'field not declared in schema',
    });
  });

  it.each([401, 429, 502, 503, 504])('finds the cluster unreachable at %i', async (status) => {
    const { server, api } = await start((_, response) => answer(response, status, { message: 'not now' }));
    const failure = await failureOf(api.call(get('/version')));
    expect(failure.code).toBe('cluster-unreachable');
    expect(failure.message).toBe(
      `API server http://127.0.0.1:${server.port}: expected an answer to GET /version, found ${status} not now`,
    );
  });

  it('finds the cluster unreachable when there is no answer in time', async () => {
    const { api } = await start(() => undefined);
    const failure = await failureOf(api.call({ ...get('/version'), timeoutMs: 50 }));
    expect(failure.message).toContain('no answer within 0.05 s');
  });

  it('finds the cluster unreachable when the answer does not end in time', async () => {
    const { api } = await start((_, response) => void response.writeHead(200).write('{'));
    const failure = await failureOf(api.call({ ...get('/version'), timeoutMs: 50 }));
    expect(failure.message).toContain('the answer was not complete within 0.05 s');
  });

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController();
    const { api } = await start(() => controller.abort(new Error('cancelled')));
    await expect(api.call({ ...get('/version'), signal: controller.signal })).rejects.toThrow('cancelled');
  });

  it('sends the length of a body also with DELETE', async () => {
    const { server, api } = await start((_, response) => answer(response, 200, {}));
    await api.call({ method: 'DELETE', path: '/x', body: { propagationPolicy: 'Background' } });
    await api.call(get('/y'));
    expect(server.requests[0]).toMatchObject({ body: '{"propagationPolicy":"Background"}' });
    expect(server.requests[0]?.headers['content-length']).toBe('34');
    expect(server.requests[1]).toMatchObject({ method: 'GET', path: '/y' });
  });

  it('goes below the path that the server has in the kubeconfig', async () => {
    const { server, api } = await start((_, response) => answer(response, 200, {}), '/k8s/clusters/c1/');
    await api.call(get('/version'));
    expect(server.requests[0]?.path).toBe('/k8s/clusters/c1/version');
  });
});

describe('a stream of an API server', () => {
  it('gives whole lines however they are cut', async () => {
    const { api } = await start((_, response) => {
      const bytes = Buffer.from('{"a":"grüße"}\n{"a":2}\n');
      response.write(bytes.subarray(0, 9));
      response.end(bytes.subarray(9));
    });
    const values: JsonObject[] = [];
    const ended = await api.stream(get('/w'), { idleMs: 5_000, onValue: (value) => void values.push(value) });
    expect(ended).toEqual({ ok: true, body: {} });
    expect(values).toEqual([{ a: 'grüße' }, { a: 2 }]);
  });

  it('is unreachable after silence, and when it breaks', async () => {
    const { api } = await start(({ path }, response) => {
      response.write('{}\n');
      if (path === '/broken') setImmediate(() => response.destroy());
    });
    const options = { idleMs: 50, onValue: () => undefined };
    expect((await failureOf(api.stream(get('/silent'), options))).message).toContain('silence for 0.05 s');
    expect((await failureOf(api.stream(get('/broken'), { ...options, idleMs: 5_000 }))).code).toBe(
      'cluster-unreachable',
    );
  });

  it('ends with what the receiver throws', async () => {
    const { api } = await start((_, response) => void response.write('{}\n'));
    const onValue = (): void => {
      throw new Error('expired');
    };
    await expect(api.stream(get('/w'), { idleMs: 5_000, onValue })).rejects.toThrow('expired');
  });

  it('gives a refusal', async () => {
    const { api } = await start((_, response) => answer(response, 410, { reason: 'Expired', message: 'too old' }));
    const said = await api.stream(get('/w'), { idleMs: 5_000, onValue: () => undefined });
    expect(said).toMatchObject({ ok: false, status: 410, reason: 'Expired' });
  });
});

describe('the kinds of an API server', () => {
  const resources = [
    { name: 'widgets', kind: 'Widget', namespaced: true },
    { name: 'widgets/status', kind: 'Widget', namespaced: true },
  ];
  const script: Script = ({ path }, response) => {
    if (path === '/apis/ex.io') {
      const versions = ['v2', 'v1'].map((version) => ({ groupVersion: `ex.io/${version}`, version }));
      return answer(response, 200, { versions, preferredVersion: { version: 'v2' } });
    }
    if (path === '/apis/ex.io/v2') return answer(response, 200, { resources: [] });
    if (path === '/apis/ex.io/v1') return answer(response, 200, { resources });
    answer(response, 404, {});
  };
  const served = { group: 'ex.io', version: 'v1', kind: 'Widget', resource: 'widgets', namespaced: true };

  it('are asked once per version and found in the version that serves them', async () => {
    const { server, api } = await start(script);
    expect(await api.findKind({ group: 'ex.io', version: 'v1', kind: 'Widget' })).toEqual(served);
    expect(await api.findKind({ group: 'ex.io', version: '', kind: 'Widget' })).toEqual(served);
    await api.findKind({ group: 'ex.io', version: 'v1', kind: 'Widget' });
    expect(server.requests.filter(({ path }) => path === '/apis/ex.io/v1')).toHaveLength(1);
    api.forgetKinds();
    await api.findKind({ group: 'ex.io', version: 'v1', kind: 'Widget' });
    expect(server.requests.filter(({ path }) => path === '/apis/ex.io/v1')).toHaveLength(2);
  });

  it('that are not served are asked for again', async () => {
    const { server, api } = await start(script);
    expect(await api.findKind({ group: 'no.io', version: 'v1', kind: 'Widget' })).toBeNull();
    expect(await api.findKind({ group: 'no.io', version: 'v1', kind: 'Widget' })).toBeNull();
    expect(server.requests).toHaveLength(2);
  });
});

describe('a kubeconfig', () => {
  it.each(['token: [secret-token', '"just a secret-token"', '- secret-token'])(
    'that is no kubeconfig is not quoted: %s',
    async (text) => {
      const failure = await failureOf(connectApiServer(text));
      expect(failure.code).toBe('document-invalid');
      expect(failure.message).not.toContain('secret-token');
    },
  );

  it('that is too large is refused', async () => {
    const failure = await failureOf(connectApiServer(' '.repeat(1024 * 1024 + 1)));
    expect(failure.message).toBe('kubeconfig: expected at most 1 MB, found 1048577 characters');
  });

  it('with an alias bomb is refused', async () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(',')}]\n`;
    const bomb = `a: &a [x,x]\n${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`;
    expect((await failureOf(connectApiServer(bomb))).message).toBe(
      'kubeconfig: expected YAML, found text that is no YAML',
    );
  });
});
