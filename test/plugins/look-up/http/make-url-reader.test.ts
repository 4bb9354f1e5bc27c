import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeUrlReader, type UrlReaderOptions } from '#plugins/look-up/http/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A real server on a free port of the loopback; gives its port and the paths that were asked. */
async function serve(answer: Answer): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked };
}

const json =
  (body: unknown, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

const read = (url: string, options: Partial<UrlReaderOptions> = {}, signal = new AbortController().signal) =>
  makeUrlReader({ allow: ['127.0.0.1'], timeoutMs: 2000, largestBytes: 1024, ...options }).read(url, signal);

describe('a look-up', () => {
  it('gives the member value of the answer, of any type', async () => {
    for (const value of ['32001', 7, null, false, { a: [1] }]) {
      const { port } = await serve(json({ value, other: 'x' }));
      expect(await read(`http://127.0.0.1:${port}/kv?key=k`)).toEqual({ ok: true, value });
    }
  });

  it('sends the path and query as they are, and no credentials', async () => {
    let headers: IncomingMessage['headers'] = {};
    const { port, asked } = await serve((request, response) => {
      ({ headers } = request);
      json({ value: 1 })(request, response);
    });
    await read(`http://127.0.0.1:${port}/v2/a%20b/kv?key=k&x=1`);
    expect(asked).toEqual(['/v2/a%20b/kv?key=k&x=1']);
    expect(headers).toMatchObject({ accept: 'application/json', host: `127.0.0.1:${port}` });
    expect(headers.authorization).toBeUndefined();
  });

  it.each<[number, boolean]>([
    [404, false],
    [401, false],
    [204, false],
    [429, true],
    [500, true],
    [503, true],
  ])('that is answered with %i is worth another try: %j', async (status, isRetryable) => {
    const { port } = await serve((_request, response) => void response.writeHead(status).end());
    expect(await read(`http://127.0.0.1:${port}/`)).toEqual({
      ok: false,
      isRetryable,
      expected: 'status 200',
      found: String(status),
    });
  });

  it.each<[string, string, string]>([
    ['no JSON', '<html>secret-body', 'no JSON'],
    ['other JSON', '["secret-body"]', 'other JSON'],
    ['no member value', '{"val": "secret-body"}', 'an object without it'],
    ['a value that is too deep', `{"value":${'['.repeat(90)}${']'.repeat(90)}}`, 'more'],
  ])('that is answered with %s is refused without showing the answer', async (_what, body, found) => {
    const { port } = await serve((_request, response) => void response.end(body));
    const answer = await read(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ ok: false, isRetryable: false, found });
    expect(JSON.stringify(answer)).not.toContain('secret-body');
  });

  it('ends at its size, also when the answer never ends', async () => {
    const { port } = await serve((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    });
    expect(await read(`http://127.0.0.1:${port}/`)).toMatchObject({
      ok: false,
      isRetryable: false,
      expected: 'an answer of at most 1024 bytes',
    });
  });

  it('ends at its time, before and within the answer', async () => {
    for (const answer of [
      () => undefined,
      (_: IncomingMessage, response: ServerResponse) => void response.write('{'),
    ]) {
      const { port } = await serve(answer);
      expect(await read(`http://127.0.0.1:${port}/`, { timeoutMs: 100 })).toEqual({
        ok: false,
        isRetryable: true,
        expected: 'an answer within 100 ms',
        found: 'none',
      });
    }
  });

  it('stops when the operation is stopped', async () => {
    const { port } = await serve(() => undefined);
    const stop = new AbortController();
    const reading = read(`http://127.0.0.1:${port}/`, {}, stop.signal);
    stop.abort(new Error('superseded'));
    await expect(reading).rejects.toThrow('superseded');
  });

  it('is worth another try where nobody listens or no name is known', async () => {
    const { port } = await serve(json({}));
    servers.splice(0)[0]?.close();
    expect(await read(`http://127.0.0.1:${port}/`)).toMatchObject({ isRetryable: true, found: 'ECONNREFUSED' });
    expect(await read('http://nosuch.invalid/')).toMatchObject({ ok: false, isRetryable: true });
  });
});

describe('what is not listed', () => {
  const refusal = { ok: false, isRetryable: false, expected: 'an address that EMCO_LOOKUP_ALLOW lists' };

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0.0.0.0',
    '169.254.169.254',
    '[fd00:ec2::254]',
  ])('is never connected to: %s', async (host) => {
    const { port, asked } = await serve(json({ value: 'inner' }));
    expect(await read(`http://${host}:${port}/`, { allow: [] })).toMatchObject(refusal);
    expect(asked).toEqual([]);
  });

  it('is never connected to by a name that resolves there', async () => {
    const { port, asked } = await serve(json({ value: 'inner' }));
    const answer = await read(`http://localhost:${port}/`, { allow: [] });
    expect(answer).toMatchObject({ ...refusal, found: expect.stringContaining('loopback') });
    expect(asked).toEqual([]);
    expect(await read(`http://localhost:${port}/`, { allow: [`localhost:${port}`] })).toEqual({
      ok: true,
      value: 'inner',
    });
  });

  it('is not reached by a redirect either', async () => {
    const inner = await serve(json({ value: 'inner' }));
    const { port } = await serve((_request, response) => {
      response.writeHead(302, { Location: `http://localhost:${inner.port}/` }).end();
    });
    expect(await read(`http://127.0.0.1:${port}/`, { allow: [`127.0.0.1:${port}`] })).toMatchObject(refusal);
    expect(inner.asked).toEqual([]);
  });
});

describe('redirects', () => {
  it('are followed, relative ones too, at most three times', async () => {
    const { port, asked } = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) json({ value: 'there' })(request, response);
      else response.writeHead(307, { Location: `/${left - 1}` }).end();
    });
    expect(await read(`http://127.0.0.1:${port}/3`)).toEqual({ ok: true, value: 'there' });
    expect(asked).toEqual(['/3', '/2', '/1', '/0']);
    expect(await read(`http://127.0.0.1:${port}/4`)).toMatchObject({ expected: 'at most 3 redirects' });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://me:pass@127.0.0.1/', ''])(
    'to %j are refused',
    async (Location) => {
      const { port } = await serve((_request, response) => void response.writeHead(301, { Location }).end());
      const answer = await read(`http://127.0.0.1:${port}/`);
      expect(answer.ok).toBe(false);
      expect(JSON.stringify(answer)).not.toContain('pass');
    },
  );
});
