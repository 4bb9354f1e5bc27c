/** What Kubernetes' documentation and kubectl say of strategic merge patches; kubectl itself: test/e2e/strategic-merge.test.ts. */
import { describe, expect, it } from 'vitest';
import {
  type Json,
  type JsonObject,
  type Schema,
  StrategicMergeError,
  builtInKinds,
  jsonMergePatch,
  schemaOf,
  strategicMergePatch,
} from '#plugins/action/gac/strategic-merge/index.ts';

function merge(apiVersion: string, kind: string, [original, patch]: readonly [JsonObject, JsonObject]): JsonObject {
  const schema: Schema | null = schemaOf(apiVersion, kind);
  if (schema === null) throw new Error(`${apiVersion} ${kind} is no built-in kind`);
  return strategicMergePatch(original, patch, schema);
}

const mergePod = (original: JsonObject, patch: JsonObject): JsonObject =>
  merge('v1', 'Pod', [{ spec: original }, { spec: patch }])['spec'] as JsonObject; // what stands at spec of both

describe('strategicMergePatch', () => {
  it('merges containers by name and puts new ones first', () => {
    const original = { containers: [{ name: 'nginx', image: 'nginx:1' }] };
    const patch = {
      containers: [
        { name: 'redis', image: 'redis' },
        { name: 'nginx', args: ['-v'] },
      ],
    };
    expect(mergePod(original, patch)).toEqual({
      containers: [
        { name: 'redis', image: 'redis' },
        { name: 'nginx', image: 'nginx:1', args: ['-v'] },
      ],
    });
  });

  it('replaces lists that have no merge strategy', () => {
    const original = { containers: [{ name: 'a', args: ['x', 'y'] }], tolerations: [{ key: 'a' }] };
    const patch = { containers: [{ name: 'a', args: ['z'] }], tolerations: [{ key: 'b' }] };
    expect(mergePod(original, patch)).toEqual({
      containers: [{ name: 'a', args: ['z'] }],
      tolerations: [{ key: 'b' }],
    });
  });

  it('deletes with null', () => {
    expect(mergePod({ hostNetwork: true, nodeName: 'a' }, { hostNetwork: null })).toEqual({ nodeName: 'a' });
  });

  it('deletes, replaces and orders list elements by directives', () => {
    const original = { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] };
    expect(mergePod(original, { containers: [{ name: 'b', $patch: 'delete' }] })).toEqual({
      containers: [{ name: 'a' }, { name: 'c' }],
    });
    expect(mergePod(original, { containers: [{ name: 'd' }, { $patch: 'replace' }] })).toEqual({
      containers: [{ name: 'd' }],
    });
    const order = [{ name: 'c' }, { name: 'a' }, { name: 'b' }];
    expect(mergePod(original, { '$setElementOrder/containers': order })).toEqual({
      containers: [{ name: 'c' }, { name: 'a' }, { name: 'b' }],
    });
  });

  it('replaces and deletes maps by directives', () => {
    const original = { securityContext: { runAsUser: 1, fsGroup: 2 } };
    expect(mergePod(original, { securityContext: { $patch: 'replace', runAsUser: 3 } })).toEqual({
      securityContext: { runAsUser: 3 },
    });
    expect(mergePod(original, { securityContext: { $patch: 'delete' } })).toEqual({ securityContext: {} });
  });

  it('keeps only the listed fields by $retainKeys', () => {
    const original = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(merge('apps/v1', 'Deployment', [original, patch])).toEqual({ spec: { strategy: { type: 'Recreate' } } });
  });

  it('merges and deletes scalars of a merge list', () => {
    const original = { metadata: { finalizers: ['a', 'b'] } };
    expect(merge('v1', 'Pod', [original, { metadata: { finalizers: ['c', 'a'] } }])).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    });
    expect(merge('v1', 'Pod', [original, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }])).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });

  it('says what kubectl says of patches that cannot be', () => {
    const original = { containers: [{ name: 'a' }] };
    const refusal =
      (patch: JsonObject): (() => JsonObject) =>
      () =>
        mergePod(original, patch);
    expect(refusal({ containers: [{ image: 'x' }] })).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
    expect(refusal({ containers: [{ $patch: 'merge', name: 'a' }] })).toThrow(
      'merging lists cannot yet be specified in the patch',
    );
    expect(refusal({ $patch: 'no', a: 1 })).toThrow('unknown patch type: no in map: map[$patch:no a:1]');
    expect(refusal({ '$setElementOrder/containers': 'a' })).toThrow(StrategicMergeError);
  });

  it('takes lists as deep as a document may be, and no deeper', () => {
    const nested = (levels: number): Json => (levels === 0 ? 'end' : [nested(levels - 1)]);
    expect(mergePod({}, { nodeName: nested(500) })).toEqual({ nodeName: nested(500) });
    expect(() => mergePod({}, { nodeName: nested(2_000) })).toThrow('at most 1000 levels of nesting');
  });

  it('changes neither argument and takes any field name', () => {
    const original = Object.freeze({ metadata: Object.freeze({ annotations: JSON.parse('{"__proto__":"a"}') }) });
    const patch = Object.freeze({ metadata: Object.freeze({ annotations: JSON.parse('{"constructor":"b"}') }) });
    expect(JSON.stringify(merge('v1', 'Pod', [original, patch]))).toBe(
      '{"metadata":{"annotations":{"__proto__":"a","constructor":"b"}}}',
    );
  });
});

describe('schemaOf', () => {
  it('knows built-in kinds and no others, with case', () => {
    expect(schemaOf('apps/v1', 'Deployment')).not.toBeNull();
    expect(schemaOf('apps/v1', 'deployment')).toBeNull();
    expect(schemaOf('example.com/v1', 'Deployment')).toBeNull();
    expect(schemaOf('__proto__', 'toString')).toBeNull();
    expect(builtInKinds().length).toBeGreaterThan(150);
    expect(builtInKinds()).toContainEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
  });
});

describe('jsonMergePatch', () => {
  it('merges maps, deletes with null and replaces lists', () => {
    const original = { spec: { a: { b: 1, c: 2 }, list: [1, 2], gone: true } };
    const patch = { spec: { a: { b: null, d: { e: null, f: 3 } }, list: [3], gone: null } };
    expect(jsonMergePatch(original, patch)).toEqual({ spec: { a: { c: 2, d: { f: 3 } }, list: [3] } });
  });
});
