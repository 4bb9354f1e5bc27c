import { describe, expect, it } from 'vitest';
import {
  FileShelf,
  add,
  byLabel,
  byName,
  clusters,
  customization,
  customise,
  deployment,
  existing,
  jsonPatch,
  resource,
  service,
} from './support.ts';

/** Replicas by cluster, for one patch `replicas: 5` with this filter. */
const reached = (filter: ReturnType<typeof byName>) => {
  const patch = { ...jsonPatch('c', { op: 'replace', path: '/spec/replicas', value: 5 }), clusters: filter };
  const { variants } = customise({ objects: [deployment], clusters, resources: [existing(patch)] });
  return variants.filter((one) => JSON.stringify(one.objects).includes('"replicas":5')).flatMap((one) => one.clusters);
};

describe('filters', () => {
  it('compare the provider, by name and by label', () => {
    expect(reached(byName('a', 'c1'))).toEqual(['a+c1']);
    expect(reached(byLabel('a', 'east'))).toEqual(['a+c1', 'a+c2']);
    expect(reached(byName('b', 'c9'))).toEqual([]);
  });

  it('deny means all clusters except those that match', () => {
    expect(reached(byName('a', 'c1', 'deny'))).toEqual(['a+c2', 'a+c3', 'b+c1']);
    expect(reached(byLabel('a', 'east', 'deny'))).toEqual(['a+c3', 'b+c1']);
    expect(reached(byName('a', 'nope', 'deny'))).toHaveLength(4);
  });
});

describe('variants', () => {
  it('hold every cluster once, in order of their first cluster, and share what is not patched', () => {
    const patch = { ...jsonPatch('c', add('/spec/paused')), clusters: byLabel('a', 'east') };
    const { variants } = customise({ objects: [deployment, service], clusters, resources: [existing(patch)] });
    expect(variants.map((one) => one.clusters)).toEqual([
      ['a+c1', 'a+c2'],
      ['a+c3', 'b+c1'],
    ]);
    expect(variants[0]?.objects[1]).toBe(service);
    expect(variants[1]?.objects[0]).toBe(deployment);
  });

  it('are one when nothing differs', () => {
    const { variants } = customise({
      objects: [deployment],
      clusters,
      resources: [existing(jsonPatch('c', add('/spec/x')))],
    });
    expect(variants.map((one) => one.clusters)).toEqual([['a+c1', 'a+c2', 'a+c3', 'b+c1']]);
  });

  it('share an object that the same customizations make', () => {
    const own = { ...jsonPatch('own', add('/spec/own')), clusters: byName('a', 'c3') };
    const { variants } = customise({
      objects: [deployment],
      clusters,
      resources: [resource('cm', 'ConfigMap'), existing(own)],
    });
    expect(variants).toHaveLength(2);
    expect(variants[0]?.objects[1]).toBe(variants[1]?.objects[1]);
  });

  it('are none for no clusters', () => {
    expect(customise({ objects: [deployment], clusters: [], resources: [] }).variants).toEqual([]);
  });
});

describe('new objects', () => {
  it('accumulate several customizations in creation order', () => {
    const customizations = [
      jsonPatch('first', add('/data/a', '1'), add('/data/order', 'first')),
      { ...jsonPatch('second', add('/data/b', '2'), add('/data/order', 'second')), clusters: byName('a', 'c1') },
    ];
    const { variants } = customise({
      clusters: clusters.slice(0, 2),
      resources: [resource('cm', 'configMap', { customizations })],
    });
    expect(variants.map((one) => one.objects.map((object) => object['data']))).toEqual([
      [{ a: '1', b: '2', order: 'second' }],
      [{ a: '1', order: 'first' }],
    ]);
  });

  it('come from the kind and name alone, for ConfigMaps and Secrets of any spelling', () => {
    const resources = [
      resource('cm', 'configMap'),
      resource('s', 'SECRET', { customizations: [jsonPatch('c', add('/data/k', 'dg=='))] }),
    ];
    expect(customise({ resources }).variants[0]?.objects).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'Opaque', data: { k: 'dg==' } },
    ]);
  });

  it('keep binary files whole in binaryData, and a byte order mark in data', () => {
    const shelf = new FileShelf();
    const files = [
      { fileName: 'logo.png', content: shelf.put(Uint8Array.from([0x89, 0x50, 0xff, 0x00])) },
      { fileName: 'bom.txt', content: shelf.put('\ufeffx') },
    ];
    const one = resource('cm', 'ConfigMap', { customizations: [customization('c', { files })] });
    expect(customise({ resources: [one], files: shelf.files }).variants[0]?.objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm' },
      data: { 'bom.txt': '\ufeffx' },
      binaryData: { 'logo.png': 'iVD/AA==' },
    });
  });

  it('keep stringData and everything else of a template', () => {
    const shelf = new FileShelf();
    const template = shelf.put(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nimmutable: true\nstringData: {a: b}\n',
    );
    const { variants } = customise({ resources: [resource('s', 'secret', { template })], files: shelf.files });
    expect(variants[0]?.objects[0]).toMatchObject({ immutable: true, stringData: { a: 'b' } });
  });

  it('are made without customization, with a warning', () => {
    const { variants, warnings } = customise({ resources: [resource('cm', 'ConfigMap', { customizations: [] })] });
    expect(variants[0]?.objects).toHaveLength(1);
    expect(warnings).toEqual([
      'resource cm (ConfigMap cm) has no customization: it is made on every cluster of the app',
    ]);
  });

  it('stay away from clusters that no customization of theirs meets', () => {
    const one = resource('cm', 'ConfigMap', { customizations: [customization('c', { clusters: byName('a', 'c2') })] });
    const { variants } = customise({ clusters, resources: [one] });
    expect(variants.filter((variant) => variant.objects.length > 0).flatMap((variant) => variant.clusters)).toEqual([
      'a+c2',
    ]);
  });

  it('replace an object of the same identity, with a warning', () => {
    const shelf = new FileShelf();
    const template = shelf.put(
      'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {type: NodePort}\n',
    );
    const { variants, warnings } = customise({
      objects: [deployment, service],
      resources: [resource('web', 'Service', { template })],
      files: shelf.files,
    });
    expect(variants[0]?.objects.map((one) => one.kind)).toEqual(['Deployment', 'Service']);
    expect(variants[0]?.objects[1]?.['spec']).toEqual({ type: 'NodePort' });
    expect(warnings).toEqual(['resource web (Service web) replaces an object of the same kind and name']);
  });

  it('can be patched by a later resource, under the name that their resource gave them', () => {
    const shelf = new FileShelf();
    const template = shelf.put('apiVersion: x.io/v1\nkind: Widget\nmetadata: {name: real}\nspec: {}\n');
    const resources = [
      resource('w', 'widget', { template, objectName: 'alias' }),
      resource('p', 'WIDGET', {
        newObject: false,
        objectName: 'alias',
        customizations: [jsonPatch('c', add('/spec/a'))],
      }),
      resource('q', 'Widget', {
        newObject: false,
        objectName: 'real',
        customizations: [jsonPatch('c', add('/spec/b'))],
      }),
    ];
    expect(customise({ resources, files: shelf.files }).variants[0]?.objects[0]?.['spec']).toEqual({ a: 'v', b: 'v' });
  });
});

describe('existing objects', () => {
  it('are told apart by API group when kind and name are the same', () => {
    const other = { ...deployment, apiVersion: 'x.io/v1' };
    const { variants } = customise({
      objects: [other, deployment],
      resources: [existing(jsonPatch('c', add('/spec/x')))],
    });
    expect(variants[0]?.objects[0]).toBe(other);
    expect(variants[0]?.objects[1]?.['spec']).toMatchObject({ x: 'v' });
  });

  it('are found after a patch renamed them', () => {
    const resources = [
      existing(jsonPatch('c', { op: 'replace', path: '/metadata/name', value: 'site' })),
      resource('p', 'Deployment', {
        newObject: false,
        objectName: 'site',
        customizations: [jsonPatch('c', add('/spec/x'))],
      }),
    ];
    const { variants } = customise({ objects: [deployment], resources });
    expect(variants[0]?.objects).toMatchObject([{ metadata: { name: 'site' }, spec: { x: 'v' } }]);
  });
});
