import { describe, expect, it } from 'vitest';
import type { ClusterFilter, Customization } from '#domain/inputs.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { makeGac } from '#plugins/action/gac/index.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';
import { add, byLabel, byName, clusters, customise, jsonPatch, resource } from './support.ts';

const kv = 'http://clm:30461/v2/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs/gw?key=address';
const lookUp = (url = kv) => add('/data/gw', `$(${url})$`);
const configMap = (...customizations: Customization[]) => resource('cm', 'ConfigMap', { customizations });
const patchOn = (filter: ClusterFilter | null, ...operations: JsonObject[]): Customization => ({
  ...jsonPatch('c', ...operations),
  clusters: filter,
});

const urls = (...customizations: Customization[]) =>
  makeGac({ parseYaml: parseYamlDocuments })
    .lookUps({ clusters, resources: [configMap(...customizations)] })
    .map(({ url }) =>
      url.replace('http://clm:30461/v2/cluster-providers/', '').replace('/kv-pairs/gw?key=address', ''),
    );

describe('the URLs of look-ups', () => {
  it('name the target cluster in place of the placeholders, wherever they stand', () => {
    expect(urls(patchOn(null, lookUp()))).toEqual(['a/clusters/c1', 'a/clusters/c2', 'a/clusters/c3', 'b/clusters/c1']);
    expect(urls(patchOn(byName('a', 'c1'), lookUp('http://x/?c={cluster}&p={clusterProvider}')))).toEqual([
      'http://x/?c=c1&p=a',
    ]);
  });

  it('keep the cluster that clusterInfo names for a label, and are of the targets where it says where not', () => {
    expect(urls(patchOn({ ...byLabel('a', 'east'), cluster: 'c9' }, lookUp()))).toEqual(['a/clusters/c9']);
    expect(urls(patchOn(byLabel('a', 'east'), lookUp()))).toEqual(['a/clusters/c1', 'a/clusters/c2']);
    expect(urls(patchOn(byName('a', 'c1', 'deny'), lookUp()))).toEqual([
      'a/clusters/c2',
      'a/clusters/c3',
      'b/clusters/c1',
    ]);
  });

  it('are each there once, with who asks for it, and none for values that are no look-up', () => {
    const literal = ['https://example.org', '$(x)$', '$(http://x', 'a $(http://x)$', '$(HTTP://x)$'];
    expect(urls(jsonPatch('c', ...literal.map((value) => add('/data/x', value))))).toEqual([]);
    expect(urls({ ...patchOn(null, lookUp('http://x/')), patchType: '' })).toEqual([]);
    expect(urls(patchOn(null, { op: 'remove', path: '/data/x', value: '$(http://x/)$' }))).toEqual([]);
    const both = [jsonPatch('one', lookUp('http://x/')), jsonPatch('two', lookUp('http://x/'))];
    expect(makeGac({ parseYaml: parseYamlDocuments }).lookUps({ clusters, resources: [configMap(...both)] })).toEqual([
      { url: 'http://x/', object: 'customization one of resource cm (ConfigMap cm)' },
    ]);
  });
});

describe('the values of look-ups', () => {
  const gateway = (cluster: string, value: Json): [string, Json] => {
    const [clusterProvider = '', name = ''] = cluster.split('+');
    return [kv.replace('{clusterProvider}', clusterProvider).replace('{cluster}', name), value];
  };

  it('stand in the objects of their clusters; clusters with equal values share one variant', () => {
    const lookUps = new Map([
      gateway('a+c1', '10.0.0.1'),
      gateway('a+c2', '10.0.0.2'),
      gateway('a+c3', '10.0.0.1'),
      gateway('b+c1', '10.0.0.1'),
    ]);
    const { variants } = customise({ clusters, resources: [configMap(jsonPatch('c', lookUp()))], lookUps });
    expect(variants.map((one) => [one.clusters, one.objects[0]?.['data']])).toEqual([
      [['a+c1', 'a+c3', 'b+c1'], { gw: '10.0.0.1' }],
      [['a+c2'], { gw: '10.0.0.2' }],
    ]);
  });

  it('accumulate with other customizations in creation order', () => {
    const lookUps = new Map<string, Json>([['http://x/', 'found']]);
    const resources = [
      configMap(
        jsonPatch('first', add('/data/order', 'first')),
        jsonPatch('second', add('/data/order', '$(http://x/)$')),
        { ...jsonPatch('third', add('/data/order', 'third')), clusters: byName('a', 'c1') },
      ),
    ];
    const { variants } = customise({ clusters: clusters.slice(0, 2), resources, lookUps });
    expect(variants.map((one) => one.objects[0]?.['data'])).toEqual([{ order: 'third' }, { order: 'found' }]);
  });

  it('may be of any type where the object takes it', () => {
    const lookUps = new Map<string, Json>([['http://x/', { a: [1, null] }]]);
    const template = resource('w', 'ConfigMap', {
      customizations: [jsonPatch('c', add('/metadata/x', '$(http://x/)$'))],
    });
    expect(customise({ resources: [template], lookUps }).variants[0]?.objects[0]?.metadata['x']).toEqual({
      a: [1, null],
    });
  });

  it('leave a customization that meets no cluster to its warning', () => {
    const { warnings } = customise({ clusters, resources: [configMap(patchOn(byName('z', 'z'), lookUp()))] });
    expect(warnings).toEqual(['customization c of resource cm (ConfigMap cm) meets no cluster of app operator']);
  });
});
