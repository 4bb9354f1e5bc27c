import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readText } from '#domain/health-fields.ts';
import { waitUntil } from '#lab/process/index.ts';
import { connectApiServer } from '#plugins/api-server/kubernetes/index.ts';
import { KindWatch } from '#plugins/status/kubernetes/kind-watch.ts';
import { Link } from '#plugins/status/kubernetes/link.ts';
import { answer, startScriptedApiServer } from '#test/support/scripted-api-server.ts';
import type { ScriptedRequest } from '#test/support/scripted-api-server.ts';

const item = (name: string, resourceVersion: string, value = '') => ({
  metadata: { namespace: 'default', name, resourceVersion, labels: { value } },
});
const list = (resourceVersion: string, ...items: readonly object[]) => ({ metadata: { resourceVersion }, items });
const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

interface Scene {
  /** Answers to lists, the last one again and again. */
  readonly lists: readonly ((response: ServerResponse) => void)[];
  /** Answers to watches, the last one again and again. */
  readonly watches: readonly ((response: ServerResponse) => void)[];
}

const page = (body: object) => (response: ServerResponse) => answer(response, 200, body);
/** Sends the lines and stays open. */
const open =
  (...lines: readonly string[]) =>
  (response: ServerResponse): void => {
    response.writeHead(200);
    response.flushHeaders();
    for (const line of lines) response.write(line);
  };
/** Sends the lines and ends, as a server does when the time of a watch is up. */
const closed =
  (...lines: readonly string[]) =>
  (response: ServerResponse): void =>
    void response.writeHead(200).end(lines.join(''));

const resources = [{ name: 'widgets', kind: 'Widget', namespaced: true }];
const isWatch = ({ query }: ScriptedRequest): boolean => query['watch'] === '1';
const isList = (request: ScriptedRequest): boolean => request.path.endsWith('/widgets') && !isWatch(request);

async function start(scene: Scene) {
  const counts = { list: 0, watch: 0 };
  const next = (of: 'list' | 'watch', all: Scene['lists'], response: ServerResponse): void => {
    const at = Math.min(counts[of], all.length - 1);
    counts[of] += 1;
    all[at]?.(response);
  };
  const server = await startScriptedApiServer((request, response) => {
    if (isWatch(request)) return next('watch', scene.watches, response);
    if (isList(request)) return next('list', scene.lists, response);
    answer(response, 200, request.path === '/apis/ex.io/v1' ? { resources } : {});
  });
  const api = await connectApiServer(server.kubeconfig);
  const controller = new AbortController();
  const link = new Link(api, { random: () => 0.5, onChange: () => undefined });
  const watch = new KindWatch<string>({
    target: {
      group: 'ex.io',
      version: 'v1',
      kind: 'Widget',
      namespace: '',
      labelSelector: 'ours',
      metadataOnly: false,
    },
    link,
    signal: controller.signal,
    random: () => 0.5,
    keep: (object) => readText(object, 'metadata', 'labels', 'value'),
    onChange: () => undefined,
  });
  const ended = Promise.all([link.keep(controller.signal), watch.run()]);
  onTestFinished(async () => {
    controller.abort();
    await ended;
    api.close();
    await server.stop();
  });
  const lists = () => server.requests.filter(isList);
  const watches = () => server.requests.filter(isWatch);
  return { watch, lists, watches };
}

const until = (expected: string, fits: () => boolean) =>
  waitUntil(async () => fits(), { timeoutMs: 10_000, intervalMs: 5, expected });

describe('a watch of a kind', () => {
  it('keeps what the list and the events say', async () => {
    const events = [
      event('MODIFIED', item('a', '11', 'changed')),
      event('ADDED', item('c', '12', 'new')),
      event('DELETED', item('b', '13')),
    ];
    const { watch, watches } = await start({
      lists: [page(list('10', item('a', '1', 'old'), item('b', '2', 'old')))],
      watches: [open(...events)],
    });
    await until('the events to be taken', () => watch.get('default', 'b') === undefined && watch.state === 'listed');
    expect(watch.get('default', 'a')).toBe('changed');
    expect(watch.get('default', 'c')).toBe('new');
    expect(watches()[0]?.query).toMatchObject({
      resourceVersion: '10',
      labelSelector: 'ours',
      allowWatchBookmarks: 'true',
    });
  });

  it('reads a long list page by page', async () => {
    const first = { ...list('', item('a', '1', 'x')), metadata: { resourceVersion: '10', continue: 'more' } };
    const { watch, lists } = await start({
      lists: [page(first), page(list('10', item('b', '2', 'y')))],
      watches: [open()],
    });
    await until('both pages', () => watch.state === 'listed');
    expect([watch.get('default', 'a'), watch.get('default', 'b')]).toEqual(['x', 'y']);
    expect(lists().map(({ query }) => query['continue'])).toEqual([undefined, 'more']);
  });

  it('goes on from the last bookmark when the server ends the stream, without a new list', async () => {
    const bookmark = event('BOOKMARK', { metadata: { resourceVersion: '99' } });
    const { lists, watches } = await start({ lists: [page(list('10'))], watches: [closed(bookmark), open()] });
    await until('a second watch', () => watches().length === 2);
    expect(watches().map(({ query }) => query['resourceVersion'])).toEqual(['10', '99']);
    expect(lists()).toHaveLength(1);
  });

  it.each([
    ['as an event', open(event('ERROR', { kind: 'Status', code: 410, message: 'too old' }))],
    ['as an answer', (response: ServerResponse) => answer(response, 410, { message: 'too old' })],
  ])('makes the list anew when the server forgot the version, told %s', async (_, gone) => {
    const { watch, watches } = await start({
      lists: [page(list('10', item('a', '1', 'old'))), page(list('20', item('b', '2', 'new')))],
      watches: [gone, open()],
    });
    await until('a watch from the new list', () => watches().at(-1)?.query['resourceVersion'] === '20');
    expect([watch.get('default', 'a'), watch.get('default', 'b')]).toEqual([undefined, 'new']);
  });

  it('makes the list anew when what it has is older than is wanted', async () => {
    const { watch } = await start({
      lists: [page(list('10', item('a', '1', 'old'))), page(list('20', item('a', '2', 'new')))],
      watches: [open()],
    });
    await until('the first list', () => watch.state === 'listed');
    const wanted = performance.now();
    expect(watch.isFresh(wanted)).toBe(false);
    expect(watch.get('default', 'a')).toBe('old');
    await until('a fresh list', () => watch.isFresh(wanted));
    expect(watch.get('default', 'a')).toBe('new');
  });

  it('says why it is refused and tries again', async () => {
    const forbidden = (response: ServerResponse) => answer(response, 403, { message: 'widgets is forbidden' });
    const { watch } = await start({ lists: [forbidden, page(list('10'))], watches: [open()] });
    await until('the refusal', () => watch.state === 'refused');
    expect(watch.message).toBe('Widget: widgets is forbidden');
    await until('the list', () => watch.state === 'listed');
  });

  it('is unserved when the kind is gone, and forgets its objects', async () => {
    const gone = (response: ServerResponse) => answer(response, 404, { message: 'the server could not find it' });
    const { watch } = await start({ lists: [page(list('10', item('a', '1', 'x'))), gone], watches: [gone] });
    await until('unserved', () => watch.state === 'unserved');
    expect(watch.get('default', 'a')).toBeUndefined();
  });

  it('closes its stream when it is stopped, and asks no more', async () => {
    const closed = Promise.withResolvers<void>();
    const held = (response: ServerResponse): void => {
      response.once('close', closed.resolve);
      open()(response);
    };
    const { watch, lists, watches } = await start({ lists: [page(list('10'))], watches: [held] });
    await until('a watch', () => watches().length === 1);
    watch.stop();
    await closed.promise;
    expect([lists().length, watches().length]).toEqual([1, 1]);
  });
});
