import { describe, expect, it } from 'vitest';
import { changeManifests } from '#domain/change-manifests.ts';
import type { ManifestChange } from '#domain/exchange.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { gatherManifests, toGathered } from '#domain/manifest-variants.ts';

const cluster = (name: string): ClusterKey => `edge+${name}` as ClusterKey;
const all = ['a', 'b', 'c', 'd'].map(cluster);

const map = (name: string, value: string, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  data: { value },
});

const before = gatherManifests([
  { app: 'web', variants: [{ clusters: all, objects: [map('one', '1'), map('two', '2')] }], warnings: [] },
]);

const change = (...changes: readonly ManifestChange[]) =>
  changeManifests(before, { controller: 'own', namespace: 'shop', changes });

const words = (changed: ReturnType<typeof change>): unknown =>
  changed.ok
    ? toGathered(changed.value).map(({ variants }) =>
        variants.map(({ clusters, objects }) => [
          clusters.map((key) => key.slice(5)).join(''),
          objects.map(({ metadata, data }) => `${metadata.name}=${JSON.stringify(data)}`).join(' '),
        ]),
      )
    : changed.problems;

describe('changeManifests', () => {
  it('keeps clusters that meet the same changes together, and puts each distinct object once', () => {
    const changed = change(
      { app: 'web', clusters: ['edge+b', 'edge+d'], put: [map('two', 'x')] },
      { app: 'web', clusters: ['edge+c'], put: [map('three', '3')] },
    );
    expect(words(changed)).toEqual([
      [
        ['a', 'one={"value":"1"} two={"value":"2"}'],
        ['bd', 'one={"value":"1"} two={"value":"x"}'],
        ['c', 'one={"value":"1"} two={"value":"2"} three={"value":"3"}'],
      ],
    ]);
    expect(changed.ok && changed.value.objects).toHaveLength(4);
  });

  it('gives clusters one variant again when what was put for each is equal', () => {
    const changes = all.map((key): ManifestChange => ({ app: 'web', clusters: [key], put: [map('two', 'same')] }));
    expect(words(change(...changes))).toEqual([[['abcd', 'one={"value":"1"} two={"value":"same"}']]]);
    const unchanged = all.map((key): ManifestChange => ({ app: 'web', clusters: [key], put: [map('two', '2')] }));
    expect(change(...unchanged)).toEqual({ ok: true, value: before });
  });

  it('applies changes in order, on all clusters where none is named', () => {
    const changed = change(
      { app: 'web', put: [map('two', 'x')] },
      { app: 'web', clusters: ['edge+a'], remove: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'two' }] },
    );
    expect(words(changed)).toEqual([
      [
        ['a', 'one={"value":"1"}'],
        ['bcd', 'one={"value":"1"} two={"value":"x"}'],
      ],
    ]);
  });

  it('takes an object without a namespace for one of the logical cloud', () => {
    expect(words(change({ app: 'web', put: [map('two', 'x', 'shop')] }))).toEqual([
      [['abcd', 'one={"value":"1"} two={"value":"x"}']],
    ]);
    expect(words(change({ app: 'web', put: [map('two', 'x', 'other')] }))).toEqual([
      [['abcd', 'one={"value":"1"} two={"value":"2"} two={"value":"x"}']],
    ]);
  });

  it('refuses apps and clusters that were not asked about, and objects to remove that are not there', () => {
    expect(words(change({ app: 'ghost' }, { app: 'web', clusters: ['edge+z'] }))).toEqual([
      { object: 'app ghost', expected: 'one of web', found: 'no such app in the request' },
      { object: 'app web', expected: 'a cluster that it goes to', found: 'edge+z' },
    ]);
    const remove = [{ apiVersion: 'v1', kind: 'Secret', name: 'key' }];
    expect(words(change({ app: 'web', clusters: ['edge+b'], remove }))).toEqual([
      { object: 'app web on cluster edge+b', expected: 'Secret key', found: 'no such object to remove' },
    ]);
  });

  it('gives each of 5,000 clusters an object of its own', () => {
    const clusters = Array.from({ length: 5000 }, (_, at) => cluster(String(at).padStart(4, '0')));
    const objects = Array.from({ length: 20 }, (_, at) => map(`object-${at}`, 'x'.repeat(500)));
    const wide = gatherManifests([{ app: 'web', variants: [{ clusters, objects }], warnings: [] }]);
    const changes = clusters.map((key): ManifestChange => ({ app: 'web', clusters: [key], put: [map('own', key)] }));
    const changed = changeManifests(wide, { controller: 'own', namespace: 'shop', changes });
    expect(changed.ok && changed.value.objects.length).toBe(5020);
    expect(changed.ok && changed.value.apps[0]?.variants.length).toBe(5000);
  });
});
