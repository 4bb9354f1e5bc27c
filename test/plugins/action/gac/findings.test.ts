import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import {
  type Case,
  FileShelf,
  add,
  byName,
  clusters,
  customization,
  customise,
  deployment,
  existing,
  jsonPatch,
  resource,
} from './support.ts';

const problems = (one: Case) => {
  try {
    customise(one);
  } catch (error) {
    if (error instanceof Failure && error.code === 'customise-failed')
      return error.problems.map((p) => `${p.object}: expected ${p.expected}, found ${p.found}`);
    throw error;
  }
  return [];
};

describe('warnings', () => {
  it('name customizations that meet no cluster or carry a patch in vain', () => {
    const one = existing({ ...jsonPatch('gone', add('/spec/x')), clusters: byName('a', 'c9') });
    const two = resource('cm', 'ConfigMap', {
      customizations: [customization('vain', { patchJson: [add('/data/x')] })],
    });
    const three = existing();
    expect(customise({ objects: [deployment], clusters, resources: [one, two, three] }).warnings).toEqual([
      'customization vain of resource cm (ConfigMap cm) has a patchJson without patchType: it is ignored',
      'resource patch-web (Deployment web) has no customization: it changes nothing',
      'customization gone of resource patch-web (Deployment web) meets no cluster of app operator',
    ]);
  });
});

describe('problems', () => {
  it('come all at once, each once for all clusters', () => {
    const shelf = new FileShelf();
    const file = (fileName: string) => ({ fileName, content: shelf.put('x') });
    const cm = (name: string, rest: Parameters<typeof resource>[2]) => resource(name, 'ConfigMap', rest);
    const resources = [
      resource('ghost', 'Deployment', {
        newObject: false,
        objectName: 'ghost',
        customizations: [jsonPatch('c', add('/spec/x'))],
      }),
      existing(customization('untyped')),
      existing(customization('merge', { patchType: 'merge' })),
      existing(jsonPatch('lookup', add('/spec/x', '$(http://clm/{cluster})$'))),
      existing(jsonPatch('bad', add('/nope/x'))),
      existing(jsonPatch('empty')),
      existing(jsonPatch('nameless', { op: 'remove', path: '/metadata/name' })),
      resource('bare', 'Deployment', {}),
      cm('broken', { template: shelf.put('a: [') }),
      cm('two', {
        template: shelf.put(
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n',
        ),
      }),
      cm('kind', { template: shelf.put('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n') }),
      cm('no-object', { template: shelf.put('kind: ConfigMap\n') }),
      cm('key', { customizations: [customization('c', { files: [file('a b')] })] }),
      cm('again', {
        customizations: [customization('c', { files: [file('k')] }), customization('d', { files: [file('k')] })],
      }),
      cm('number', { customizations: [jsonPatch('c', add('/data/n', 10))] }),
    ];
    expect(problems({ objects: [deployment], clusters, resources, files: shelf.files })).toEqual([
      'customization lookup of resource patch-web (Deployment web): expected what its look-ups give, found none on a+c1, a+c2, a+c3, b+c1',
      'resource ghost (Deployment ghost): expected an object of this kind and name among those of app operator, found none on a+c1, a+c2, a+c3, b+c1',
      'customization untyped of resource patch-web (Deployment web): expected a patchType for an existing object, found none',
      'customization merge of resource patch-web (Deployment web): expected a file with the merge patch, found none',
      'customization bad of resource patch-web (Deployment web): expected operation 1 (add /nope/x) to apply, found missing path /nope/x',
      'customization empty of resource patch-web (Deployment web): expected at least one operation, found none',
      'customization nameless of resource patch-web (Deployment web): expected a string as metadata.name after the patch, found none',
      'resource bare (Deployment bare): expected a template file for a new Deployment, found none',
      expect.stringMatching(
        /^resource broken \(ConfigMap broken\): expected YAML that can be read, found line \d+: /,
      ) as string,
      'resource two (ConfigMap two): expected one object in the template, found 2',
      'resource kind (ConfigMap kind): expected a template of kind ConfigMap, found Secret',
      'resource no-object (ConfigMap no-object): expected a Kubernetes object with apiVersion, found none',
      'customization c of resource key (ConfigMap key): expected a valid data key for a ConfigMap, found "a b"',
      'customization d of resource again (ConfigMap again): expected a new data key in ConfigMap again, found k there already',
      'customization c of resource number (ConfigMap number): expected text as data.n of ConfigMap number, found a number',
    ]);
  });

  it('are cut where nobody reads on', () => {
    const resources = Array.from({ length: 200 }, (_, at) => resource(`r${at}`, 'Deployment', {}));
    expect(problems({ resources })).toHaveLength(51);
    expect(problems({ resources }).at(-1)).toContain('150 more');
  });
});
