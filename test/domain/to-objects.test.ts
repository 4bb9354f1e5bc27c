import { describe, expect, it } from 'vitest';
import type { Json } from '#domain/json.ts';
import { toObjects } from '#domain/to-objects.ts';

const cm = (name: Json, more: Record<string, Json> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
const names = (value: Json) =>
  toObjects(value, 'file x.yaml').objects.map((object) => `${object.kind} ${object.metadata.name}`);
const sentences = (value: Json) =>
  toObjects(value, 'file x.yaml').problems.map((one) => `${one.object}: expected ${one.expected}, found ${one.found}`);

describe('toObjects', () => {
  it('gives an object as it is and nothing for an empty document', () => {
    expect(toObjects(cm('a'), 'x').objects).toEqual([cm('a')]);
    expect(toObjects(null, 'x')).toEqual({ objects: [], problems: [] });
  });

  it('unrolls lists, typed lists and lists in lists', () => {
    const typed = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: {}, items: [{ metadata: { name: 'b' } }] };
    expect(
      names({ apiVersion: 'v1', kind: 'List', items: [cm('a'), typed, { apiVersion: 'v1', kind: 'List', items: [] }] }),
    ).toEqual(['ConfigMap a', 'ConfigMap b']);
    expect(names({ apiVersion: 'v1', kind: 'List', items: null })).toEqual([]);
  });

  it('leaves a resource alone whose kind happens to end in List', () => {
    expect(names({ apiVersion: 'x.io/v1', kind: 'AllowList', metadata: { name: 'a' }, items: [1] })).toEqual([
      'AllowList a',
    ]);
  });

  it.each<[Json, string]>([
    ['text', 'file x.yaml: expected a Kubernetes object, found a string'],
    [[1], 'file x.yaml: expected a Kubernetes object, found a sequence'],
    [{ kind: 'X' }, 'file x.yaml: expected a Kubernetes object with apiVersion, found none'],
    [{ apiVersion: 'v1', kind: 5 }, 'file x.yaml: expected a Kubernetes object with kind, found a number'],
    [{ apiVersion: 'v1', kind: 'X' }, 'file x.yaml, X: expected metadata with a name, found none'],
    [cm(5), 'file x.yaml, ConfigMap: expected a string as metadata.name, found a number'],
    [cm(''), 'file x.yaml, ConfigMap: expected a name that Kubernetes allows, found ""'],
    [cm('a/b'), 'file x.yaml, ConfigMap: expected a name that Kubernetes allows, found "a/b"'],
    [cm('..'), 'file x.yaml, ConfigMap: expected a name that Kubernetes allows, found ".."'],
    [cm('a\nb'), 'file x.yaml, ConfigMap: expected a name that Kubernetes allows, found "a\\nb"'],
    [
      cm('a', { namespace: 5 }),
      'file x.yaml, ConfigMap a: expected a namespace that Kubernetes allows, found a number',
    ],
    [
      cm('a', { namespace: 'A_b' }),
      'file x.yaml, ConfigMap a: expected a namespace that Kubernetes allows, found "A_b"',
    ],
    [
      { apiVersion: 'v1', kind: 'Job', metadata: { generateName: 'x-' } },
      'file x.yaml, Job: expected metadata.name, which a declarative deployment needs, found generateName only',
    ],
    [
      { apiVersion: '../x', kind: 'Job', metadata: { name: 'x' } },
      'file x.yaml: expected apiVersion and kind of a Kubernetes API, found ../x Job',
    ],
    [
      { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', metadata: { name: 'x' } },
      "file x.yaml: expected an object of the Kubernetes API, found kustomize's own Kustomization",
    ],
    [
      { apiVersion: 'v1', kind: 'List', items: [7] },
      'file x.yaml, item 1 of List: expected a Kubernetes object, found a number',
    ],
  ])('names what is wrong with %j', (value, sentence) => {
    expect(sentences(value)).toEqual([sentence]);
  });

  it('lets names with colons pass, which RBAC has', () => {
    expect(
      names({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:Foo' } }),
    ).toEqual(['ClusterRole system:Foo']);
  });
});
