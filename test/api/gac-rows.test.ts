/** EMCO's bugs and limits of its generic action controller, row by row of `gac.md` section 17, as far as writing shows them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, makeCaller, memberOf } from '#test/support/api-client.ts';
import { type CustomizationSeed, patch, type ResourceSeed, toCustomization, toResource } from '#test/gac/world.ts';
import { seedGroup } from '#test/support/seed-group.ts';
import { startTestApi, startTestStore, type TestApi, type TestStore } from '#test/support/start-api.ts';

let database: TestStore;
let api: TestApi;
let http: Caller;
let resources = '';

const resource = (name: string, seed: ResourceSeed = {}) => http.post(resources, toResource(name, seed));
const customization = (of: string, name: string, seed: CustomizationSeed = {}) =>
  http.post(`${resources}/${of}/customizations`, toCustomization(name, seed));

beforeAll(async () => {
  database = await startTestStore();
  api = await startTestApi(database.store);
  http = makeCaller(api.url);
  const { path } = await seedGroup(http, { project: 'p1', apps: ['web'], clusters: ['c1'] });
  await http.post(`${path}/generic-k8s-intents`, { json: { metadata: { name: 'gac' } } });
  resources = `${path}/generic-k8s-intents/gac/resources`;
  const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: row-5}\n';
  const made = [
    await resource('row-4'),
    await customization('row-4', 'zz-first'),
    await customization('row-4', 'aa-second'),
    await resource('row-5', { template }),
    await resource('row-6'),
    await customization('row-6', 'c', { files: { 'logo.png': Uint8Array.from([0x89, 0xff]), 'a.txt': 'a' } }),
    await resource('row-7'),
    await customization('row-7', 'c'),
  ];
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
});
afterAll(async () => {
  await api?.stop();
  await database?.stop();
});

describe('what EMCO takes or answers wrongly', () => {
  it('row 12: PUT under another name is refused and creates nothing', async () => {
    const resource = await http.put(`${resources}/row-7`, toResource('other', {}));
    expect([resource.status, resource.text]).toEqual([
      400,
      'the resource name is not matching with the name in the request\n',
    ]);
    const path = `${resources}/row-7/customizations`;
    const customization = await http.put(`${path}/c`, toCustomization('other', {}));
    expect([customization.status, customization.text]).toEqual([
      400,
      'the customization name is not matching with the name in the request\n',
    ]);
    expect((await http.get(`${resources}/other`)).status).toBe(404);
    expect((await http.get(`${path}/other`)).status).toBe(404);
  });

  it('row 13: PUT without files keeps them, also for options that name them', async () => {
    const path = `${resources}/row-6/customizations/c`;
    const options = (fileName: string) => ({ configMapOptions: { dataKeyOptions: [{ fileName, keyName: 'k' }] } });
    const kept = await http.put(path, toCustomization('c', { spec: options('a.txt') }));
    expect(kept.status, kept.text).toBe(200);
    const bytes = await http.get(path, { Accept: 'application/octet-stream' });
    expect(bytes.bytes.subarray(-1).toString()).toBe('a');
    const unknown = await http.put(path, toCustomization('c', { spec: options('b.txt') }));
    expect([unknown.status, unknown.text]).toEqual([
      400,
      'dataKeyOptions name file b.txt, but the files with content are: logo.png, a.txt\n',
    ]);
    expect((await http.put(path, toCustomization('c', {}))).status).toBe(200);
  });

  it('row 14: what is missing is 404, what is in the way is 409', async () => {
    expect((await http.remove(`${resources}/nosuch`)).status).toBe(404);
    expect((await http.remove(`${resources}/row-7`)).status).toBe(409);
    expect((await customization('nosuch', 'c')).status).toBe(409);
    expect((await resource('row-7')).status).toBe(409);
  });

  it('row 15: Accept may be absent, a list or anything, and multipart ends as it should', async () => {
    const path = `${resources}/row-5`;
    for (const Accept of ['*/*', 'application/json, text/plain, */*', 'application/json'])
      expect([(await http.get(path, { Accept })).type, Accept]).toEqual(['application/json', Accept]);
    expect((await http.get(path)).type).toBe('application/json');
    const both = await http.get(path, { Accept: 'multipart/form-data' });
    const [, boundary = ''] = /boundary=(\w+)/.exec(both.type) ?? [];
    expect(both.text.endsWith(`--${boundary}--\r\n`)).toBe(true);
  });

  it('row 17: lists are in order of creation', async () => {
    const list = await http.get(`${resources}/row-4/customizations`);
    expect([memberOf(list, '0.metadata.name'), memberOf(list, '1.metadata.name')]).toEqual(['zz-first', 'aa-second']);
  });

  it('row 18: a template of several objects is refused when it is uploaded', async () => {
    const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n';
    const answer = await resource('row-18', { template: `${object}---\n${object}` });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('2 objects in one template')]);
    const kept = await resource('row-18', { newObject: 'false', template: `${object}---\n${object}` });
    expect(kept.status).toBe(201);
    const later = await http.put(`${resources}/row-18`, toResource('row-18', {}));
    expect([later.status, later.text]).toEqual([400, expect.stringContaining('2 objects in one template')]);
  });

  const option = (fileName: string, keyName: string) => ({ fileName, keyName });

  it.each([
    { what: 'an equal key', options: [option('a', 'k'), option('b', 'k')], text: 'keyName k is given twice' },
    { what: 'a key that is another file’s name', options: [option('a', 'b')], text: 'keyName b is given twice' },
    { what: 'an equal file', options: [option('a', 'k'), option('a', 'l')], text: 'name file a twice' },
    { what: 'an unknown file', options: [option('z', 'k')], text: 'name file z, but the files with content are: a, b' },
    { what: 'an invalid key', options: [option('a', 'k k')], text: 'Does not match pattern' },
    { what: 'a key of dots', options: [option('a', '..')], text: '".." is not a valid data key' },
    { what: 'a file name that is no key', options: [], file: 'a b', text: '"a b" is not a valid data key' },
  ])('row 19: $what is refused when it is written', async ({ options, file = 'a', text }) => {
    const spec = { configMapOptions: { dataKeyOptions: options } };
    const answer = await customization('row-7', 'row-19', { spec, files: { [file]: '1', b: '2' } });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(text)]);
  });
});

describe('a look-up', () => {
  it.each([
    ['http//x', 'parse "http//x": invalid URI for request'],
    ['http://', 'invalid URI for request'],
    ['http://me:secret-word@host/', 'may not carry a user or password'],
  ])('of %s is refused when it is written', async (url, text) => {
    const answer = await customization('row-7', 'bad', {
      spec: patch({ op: 'add', path: '/data/x', value: `$(${url})$` }),
    });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(text)]);
    expect(answer.text).not.toContain('secret-word');
  });
});
