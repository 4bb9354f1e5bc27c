/** EMCO's bugs and limits of its generic action controller, row by row of `gac.md` section 17, as far as a plan shows them; the rest: `test/api/gac-rows.test.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#domain/json.ts';
import { eventually } from '#test/support/eventually.ts';
import { everywhere, type GacWorld, onlyOn, openGacWorld, patch } from './world.ts';

let world: GacWorld;
let own = '';
const clusters = ['p1+c1', 'p1+c2', 'p2+c1'] as const;
const objects = new Map<string, ReadonlyMap<string, JsonObject>>();
const add = (path: string, value: JsonObject[string]) => ({ op: 'add', path, value });
const problemJson = { Accept: 'application/json' };

const on = (cluster: (typeof clusters)[number], name: string): JsonObject | undefined =>
  objects.get(cluster)?.get(name);
const warnings = async () => (await world.plan())['warnings'];

async function made(answer: ReturnType<GacWorld['resource']>): Promise<void> {
  const { status, text } = await answer;
  expect(status, text).toBe(201);
}

/** Everything that one plan can show, written before it is made. */
async function writeDocuments(): Promise<void> {
  const { resource, customization, foreign } = world;
  const kv = `${own}/v2/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs/gw?key=address`;
  await made(resource('row-1'));
  await made(
    customization('row-1', 'not-c1', { spec: { ...onlyOn('p1', 'c1', 'deny'), ...patch(add('/data/k', 'v')) } }),
  );
  await made(resource('row-2'));
  await made(customization('row-2', 'p1-c1', { spec: { ...onlyOn('p1', 'c1'), ...patch(add('/data/k', 'v')) } }));
  await made(resource('row-3'));
  await made(resource('row-4'));
  await made(customization('row-4', 'zz-first', { spec: patch(add('/data/a', '1'), add('/data/last', 'first')) }));
  await made(customization('row-4', 'aa-second', { spec: patch(add('/data/b', '2'), add('/data/last', 'second')) }));
  await made(
    resource('row-5', {
      template:
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: row-5, labels: {team: a}, annotations: {note: here}}\nimmutable: true\ndata: {size: 5}\nbinaryData: {b: iVD/AA==}\n',
    }),
  );
  await made(customization('row-5', 'c', { spec: patch(add('/data/k', 'v')) }));
  await made(
    resource('row-5-secret', {
      kind: 'Secret',
      template: 'apiVersion: v1\nkind: Secret\nmetadata: {name: row-5-secret, labels: {team: a}}\nstringData: {a: b}\n',
    }),
  );
  await made(resource('row-6'));
  await made(
    customization('row-6', 'c', { files: { 'logo.png': Uint8Array.from([0x89, 0x50, 0xff, 0]), 'a.txt': 'a' } }),
  );
  await made(resource('row-7'));
  await made(customization('row-7', 'c', { spec: patch(add('/data/k', 'v')) }));
  await made(resource('row-8'));
  await made(customization('row-8', 'c', { spec: patch(add('/data/gw', `$(${kv})$`)) }));
  await made(resource('row-9'));
  await made(
    customization('row-9', 'c', { spec: patch(add('/data/far', `$(http://127.0.0.1:${foreign.port}/far)$`)) }),
  );
  await made(
    resource('row-10', {
      kind: 'Widget',
      apiVersion: 'example.org/v1',
      template:
        'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: row-10}\nspec: {keep: 1, gone: 2, list: [a]}\n',
    }),
  );
  await made(
    customization('row-10', 'c', {
      spec: { patchType: 'merge' },
      files: { 'p.yaml': 'spec: {gone: null, list: [b]}\n' },
    }),
  );
  await made(resource('row-11', { kind: 'DEPLOYMENT', objectName: 'web', newObject: 'false' }));
  await made(customization('row-11', 'c', { spec: patch({ op: 'replace', path: '/spec/replicas', value: 4 }) }));
}

beforeAll(async () => {
  world = await openGacWorld();
  own = world.emco.api;
  await writeDocuments();
  await world.group.run('instantiate', 'first');
  for (const cluster of clusters) objects.set(cluster, await world.objectsOn(cluster));
}, 300_000);
afterAll(() => world?.close());

describe('what EMCO gets wrong in a plan', () => {
  it('row 1: deny means all clusters but those named', () => {
    expect(clusters.map((cluster) => on(cluster, 'ConfigMap row-1')?.['data'])).toEqual([
      undefined,
      { k: 'v' },
      { k: 'v' },
    ]);
  });

  it('row 2: a filter compares the provider, too', () => {
    expect(clusters.map((cluster) => on(cluster, 'ConfigMap row-2')?.['data'])).toEqual([
      { k: 'v' },
      undefined,
      undefined,
    ]);
  });

  it('row 3: a resource without customization is made everywhere, and the plan says so', async () => {
    expect(clusters.every((cluster) => on(cluster, 'ConfigMap row-3') !== undefined)).toBe(true);
    expect(await warnings()).toContainEqual({
      app: 'web',
      warning: 'resource row-3 (ConfigMap row-3) has no customization: it is made on every cluster of the app',
    });
  });

  it('row 4: several customizations of a new object accumulate in order of creation', () => {
    expect(on('p1+c1', 'ConfigMap row-4')?.['data']).toEqual({ a: '1', b: '2', last: 'second' });
  });

  it('row 5: labels, annotations, binaryData, immutable and stringData stay', () => {
    expect(on('p1+c1', 'ConfigMap row-5')).toMatchObject({
      metadata: { labels: { team: 'a' }, annotations: { note: 'here' } },
      immutable: true,
      data: { size: '5', k: 'v' },
      binaryData: { b: 'iVD/AA==' },
    });
    expect(on('p1+c1', 'Secret row-5-secret')).toMatchObject({
      metadata: { labels: { team: 'a' } },
      stringData: { a: 'b' },
    });
  });

  it('row 6: a binary file becomes binaryData', () => {
    expect(on('p1+c1', 'ConfigMap row-6')).toMatchObject({
      data: { 'a.txt': 'a' },
      binaryData: { 'logo.png': 'iVD/AA==' },
    });
  });

  it('row 7: a patch adds to data that is not there', () => {
    expect(on('p1+c1', 'ConfigMap row-7')?.['data']).toEqual({ k: 'v' });
  });

  it('row 8: placeholders of a look-up are those of the target cluster', () => {
    expect(clusters.map((cluster) => on(cluster, 'ConfigMap row-8')?.['data'])).toEqual([
      { gw: 'gw.p1.c1' },
      { gw: 'gw.p1.c2' },
      { gw: 'gw.p2.c1' },
    ]);
  });

  it('row 9: a look-up asks a listed address once for all clusters; the plan names its digest', async () => {
    expect(clusters.map((cluster) => on(cluster, 'ConfigMap row-9')?.['data'])).toEqual(
      clusters.map(() => ({ far: 'from afar' })),
    );
    expect(world.foreign.asked).toEqual(['/far']);
    expect((await world.plan())['lookUps']).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), urls: 4 });
  });

  it('row 10: a merge patch of a custom resource follows RFC 7386, and the plan says so', async () => {
    expect(on('p1+c1', 'Widget row-10')?.['spec']).toEqual({ keep: 1, list: ['b'] });
    expect(JSON.stringify(await warnings())).toContain(
      'Widget of example.org/v1 is no built-in kind: merged by RFC 7386',
    );
  });

  it('row 11: kinds match without case', () => {
    expect(on('p1+c1', 'Deployment web')?.['spec']).toMatchObject({ replicas: 4 });
  });
});

describe('what EMCO does not tell or undo', () => {
  it('rows 11 and 16: a missing object fails the operation with resource, object, app and clusters', async () => {
    await made(world.resource('ghost', { kind: 'StatefulSet', objectName: 'etcd', newObject: 'false' }));
    await made(world.customization('ghost', 'c', { spec: patch({ op: 'replace', path: '/spec/replicas', value: 1 }) }));
    expect((await world.group.verb('update', { id: 'ghost' })).status).toBe(202);
    const { state, message } = await world.group.ended('ghost');
    expect([state, message]).toEqual([
      'failed',
      expect.stringContaining(
        'resource ghost (StatefulSet etcd): expected an object of this kind and name among those of app web, found none on p1+c1, p1+c2, p2+c1',
      ),
    ]);
    await world.remove('ghost');
  });

  it('rows 9 and 16: a look-up that fails names customization, object and URL, and what came back, not its answer', async () => {
    const { foreign } = world;
    await made(world.resource('lost'));
    const url = (host: string, path: string) => patch(add('/data/x', `$(http://${host}${path})$`));
    await made(
      world.customization('lost', 'kv', {
        spec: url(
          new URL(own).host,
          '/v2/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs/gw?key=nosuch',
        ),
      }),
    );
    await made(
      world.customization('lost', 'inner', { spec: url('169.254.169.254', '/latest/meta-data?token=secret-query') }),
    );
    foreign.answer = { other: 'secret-body' };
    await made(world.customization('lost', 'far', { spec: url(`127.0.0.1:${foreign.port}`, '/lost') }));
    await world.group.verb('update', { id: 'lost' });
    const { state, message } = await world.group.ended('lost');
    expect(state).toBe('failed');
    for (const part of [
      `customization kv of resource lost (ConfigMap lost), look-up ${own}/v2/cluster-providers/p1/clusters/c1/kv-pairs/gw?key=nosuch: expected key nosuch, found none`,
      'look-up http://169.254.169.254/latest/meta-data: expected an address that EMCO_LOOKUP_ALLOW lists, found 169.254.169.254 (linkLocal)',
      `look-up http://127.0.0.1:${foreign.port}/lost: expected a JSON object with a member value, found an object without it`,
    ])
      expect(message).toContain(part);
    expect(message).not.toContain('secret-');
    foreign.answer = { value: 'from afar' };
    await world.remove('lost');
  });

  it('row 20: a change comes with update; rollback takes the values of look-ups as they were, and asks nobody', async () => {
    const { foreign, git } = world;
    const { call } = world.emco;
    const head = await git.head();
    foreign.answer = { value: 'changed' };
    const kv = [{ address: 'gw.moved' }];
    const path = '/v2/cluster-providers/p1/clusters/c1/kv-pairs/gw';
    expect((await call.put(path, { json: { metadata: { name: 'gw' }, spec: { kv } } })).status).toBe(201);
    expect(await git.head()).toBe(head);
    const before = (await world.plan())['lookUps'];
    await world.group.run('update', 'row-20');
    const after = await world.objectsOn('p1+c1');
    expect([after.get('ConfigMap row-8')?.['data'], after.get('ConfigMap row-9')?.['data']]).toEqual([
      { gw: 'gw.moved' },
      { far: 'changed' },
    ]);
    expect((await world.plan())['lookUps']).not.toEqual(before);
    const asked = foreign.asked.length;
    await world.group.run('rollback', 'row-20-back', { spec: { revision: '1' } });
    const back = await world.objectsOn('p1+c1');
    expect([back.get('ConfigMap row-8')?.['data'], back.get('ConfigMap row-9')?.['data']]).toEqual([
      { gw: 'gw.p1.c1' },
      { far: 'from afar' },
    ]);
    expect(foreign.asked).toHaveLength(asked);
    expect((await world.plan())['lookUps']).toEqual(before);
  });
});

describe('a look-up', () => {
  it('of EMCO’s cluster manager’s node port means our own kv pairs, whatever the host', async () => {
    await made(world.resource('moved'));
    const url = 'http://192.0.2.9:30461/v2/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs/gw?key=b';
    await made(world.customization('moved', 'c', { spec: { ...everywhere, ...patch(add('/data/x', `$(${url})$`)) } }));
    const kv = [{ address: 'gw.p1.c1' }, { b: 'two' }];
    const path = '/v2/cluster-providers/p1/clusters/c1/kv-pairs/gw';
    await world.emco.call.put(path, { json: { metadata: { name: 'gw' }, spec: { kv } } });
    await world.group.run('update', 'moved');
    expect((await world.objectsOn('p1+c1')).get('ConfigMap moved')?.['data']).toEqual({ x: 'two' });
  });

  it('that is answered with 503 is tried again, and only that one', async () => {
    const { foreign } = world;
    await made(world.resource('again'));
    await made(
      world.customization('again', 'c', { spec: patch(add('/data/x', `$(http://127.0.0.1:${foreign.port}/again)$`)) }),
    );
    foreign.answer = null;
    foreign.asked.length = 0;
    expect((await world.group.verb('update', { id: 'again' })).status).toBe(202);
    await eventually(() => expect(foreign.asked).toContain('/again'));
    foreign.answer = { value: 'at last' };
    expect((await world.group.ended('again')).state).toBe('done');
    expect((await world.objectsOn('p1+c1')).get('ConfigMap again')?.['data']).toEqual({ x: 'at last' });
  });

  it('leaves no value in the operations, the audit or Temporal', async () => {
    const { client } = world.emco;
    const history = await client.workflow.getHandle(world.group.workflowId).fetchHistory();
    const text = JSON.stringify(history, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
    expect(text).toContain('resolveLookUps');
    for (const value of ['from afar', 'gw.p1.c1', 'gw.moved', 'secret-body', 'secret-query'])
      expect(text).not.toContain(value);
    const operations = await world.emco.call.get(`${world.group.path}/operations`, problemJson);
    expect(operations.text).not.toContain('from afar');
  });
});
