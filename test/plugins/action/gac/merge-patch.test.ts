import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { FileShelf, byName, clusters, customization, customise, deployment, resource } from './support.ts';

const etcd: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'etcd' },
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'etcd', image: 'etcd:1' }] } } },
};

function merge(object: KubernetesObject, ...patches: string[]) {
  const shelf = new FileShelf();
  const files = patches.map((text, at) => ({ fileName: `patch${at}.yaml`, content: shelf.put(text) }));
  const { apiVersion, kind, metadata } = object;
  const one = resource('r', kind, {
    newObject: false,
    apiVersion,
    objectName: metadata.name,
    customizations: [customization('c', { patchType: 'merge', files })],
  });
  return customise({ objects: [object], resources: [one], files: shelf.files });
}

const problemOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  return '';
};

describe('patchType merge', () => {
  it('merges lists by their key: a new container stands before the present one, as EMCO’s walk-through has it', () => {
    const { variants, warnings } = merge(
      deployment,
      'spec: {template: {spec: {containers: [{name: redis-ctr, image: "redis:7"}]}}}\n',
    );
    expect(variants[0]?.objects[0]?.['spec']).toMatchObject({
      replicas: 1,
      template: { spec: { containers: [{ name: 'redis-ctr', image: 'redis:7' }, { name: 'web' }] } },
    });
    expect(warnings).toEqual([]);
  });

  it('adds host aliases to an existing StatefulSet, and applies several files in their order', () => {
    const { variants } = merge(
      etcd,
      'spec: {template: {spec: {hostAliases: [{ip: 1.2.3.4, hostnames: [host1]}]}}}\n',
      '{"spec": {"replicas": null, "template": {"spec": {"hostAliases": [{"ip": "1.2.3.4", "hostnames": ["host2"]}]}}}}',
    );
    expect(variants[0]?.objects[0]?.['spec']).toEqual({
      template: {
        spec: {
          containers: [{ name: 'etcd', image: 'etcd:1' }],
          hostAliases: [{ ip: '1.2.3.4', hostnames: ['host2'] }],
        },
      },
    });
  });

  it('takes the flagged files of a ConfigMap as patches and the others as data', () => {
    const shelf = new FileShelf();
    const files = [
      { fileName: 'labels.yaml', content: shelf.put('metadata: {labels: {team: a}}\ndata: {added: x}\n') },
      { fileName: 'info.json', content: shelf.put('{}') },
    ];
    const one = resource('cm', 'configmap', {
      customizations: [
        customization('c', {
          patchType: 'merge',
          files,
          dataKeys: { 'labels.yaml': { keyName: 'labels', mergePatch: true } },
        }),
      ],
    });
    expect(customise({ resources: [one], files: shelf.files }).variants[0]?.objects[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', labels: { team: 'a' } },
      data: { 'info.json': '{}', added: 'x' },
    });
  });

  it('follows RFC 7386 for custom resources, and the plan says so once', () => {
    const widget: KubernetesObject = {
      apiVersion: 'x.io/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { keep: 1, gone: 2, containers: [{ name: 'a' }] },
    };
    const { variants, warnings } = merge(widget, 'spec: {gone: null, containers: [{name: b}]}\n', 'spec: {more: 1}\n');
    expect(variants[0]?.objects[0]?.['spec']).toEqual({ keep: 1, containers: [{ name: 'b' }], more: 1 });
    expect(warnings).toEqual([
      'customization c of resource r (Widget w): Widget of x.io/v1 is no built-in kind: merged by RFC 7386, which replaces lists as a whole',
    ]);
  });

  it('accumulates with JSON patches, cluster by cluster', () => {
    const shelf = new FileShelf();
    const files = [{ fileName: 'p.yaml', content: shelf.put('spec: {replicas: 7}\n') }];
    const patches = [
      customization('merge', { patchType: 'merge', files }),
      customization('json', {
        patchType: 'json',
        patchJson: [{ op: 'test', path: '/spec/replicas', value: 7 }],
        clusters: byName('a', 'c1'),
      }),
    ];
    const one = resource('r', 'statefulset', { newObject: false, objectName: 'etcd', customizations: patches });
    const { variants } = customise({ objects: [etcd], clusters, resources: [one], files: shelf.files });
    expect(variants).toHaveLength(2);
    expect(variants.every(({ objects }) => JSON.stringify(objects).includes('"replicas":7'))).toBe(true);
  });

  it.each([
    ['no YAML', 'a: [', 'expected YAML that can be read'],
    ['several documents', 'a: b\n---\nc: d\n', 'expected one mapping in patch0.yaml, found 2'],
    ['nothing', '# nothing\n', 'expected one mapping in patch0.yaml, found 0'],
    ['a list', '- a\n', 'expected one mapping in patch0.yaml, found other YAML'],
    [
      'an element without its key',
      'spec: {template: {spec: {containers: [{image: top-secret}]}}}\n',
      'expected merge patch patch0.yaml to apply, found a list element without its merge key name',
    ],
    ['an unknown directive', 'spec: {$patch: top-secret}\n', 'found an unknown $patch directive'],
    ['a delete of everything', '$patch: delete\n', 'after the patch, found'],
  ])('refuses %s by name, without showing values', (_what, text, message) => {
    const found = problemOf(() => merge(deployment, text));
    expect(found).toContain('customization c of resource r (Deployment web): ');
    expect(found).toContain(message);
    expect(found).not.toContain('top-secret');
  });
});
