import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ObjectIdentity, toIdentityKey } from '#domain/manifest.ts';
import { toManifestPath } from '#domain/manifest-path.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
type Names = readonly [group: string, kind: string, namespace: string, name: string];
const path = ([group, kind, namespace, name]: Names) =>
  toManifestPath({ group, version: 'v1', kind, namespace, name }, { namespace: 'my-shop', sha256 });

describe('toManifestPath', () => {
  it.each<[Names, string]>([
    [['apps', 'Deployment', 'my-shop', 'db'], 'deployment.apps-my-shop-db.yaml'],
    [['', 'ConfigMap', 'my-shop', 'kube-root-ca.crt'], 'configmap-my-shop-kube-root-ca.crt.yaml'],
    [['', 'Namespace', '', 'shop'], 'namespace--shop.yaml'],
    [
      ['apiextensions.k8s.io', 'CustomResourceDefinition', '', 'widgets.ex.io'],
      'customresourcedefinition.apiextensions.k8s.io--widgets.ex.io.yaml',
    ],
    [['', 'ConfigMap', 'other', 'a-b'], 'configmap-other-a-b.yaml'],
    [['cluster.x-k8s.io', 'Machine', 'my-shop', 'm'], 'machine.cluster.x-k8s.io-my-shop-m.yaml'],
  ])('of %j is readable', (names, expected) => {
    expect(path(names)).toBe(expected);
  });

  it.each<[Names, RegExp]>([
    [
      ['rbac.authorization.k8s.io', 'ClusterRole', '', 'system:node Reader'],
      /^clusterrole\.rbac\.authorization\.k8s\.io--system-node-reader_[0-9a-f]{16}\.yaml$/,
    ],
    [['', 'ConfigMap', 'kube-system', 'x'], /^configmap-kube-system-x_[0-9a-f]{16}\.yaml$/],
    [['', 'ConfigMap', 'my', 'shop-x'], /^configmap-my-shop-x_[0-9a-f]{16}\.yaml$/],
    [['a-b', 'Widget', 'my-shop', 'x'], /^widget\.a-b-my-shop-x_[0-9a-f]{16}\.yaml$/],
    [['apps', 'Deployment', 'my-shop', 'n'.repeat(253)], /^deployment\.apps-my-shop-n{160,}_[0-9a-f]{16}\.yaml$/],
  ])('of %j carries a hash', (names, expected) => {
    expect(path(names)).toMatch(expected);
    expect(path(names).length).toBeLessThan(210);
  });

  it('is never the same for two objects, and always a safe file name', () => {
    const segment = fc
      .array(fc.constantFrom('a', 'b', 'my', 'shop', '-', '-', '.'), { minLength: 1, maxLength: 5 })
      .map((some) => some.join(''));
    const dnsLabel = segment
      .map((one) => one.replaceAll('.', ''))
      .filter((one) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(one));
    const group = fc.oneof(
      fc.constant(''),
      segment.filter((one) => /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(one)),
    );
    const identity: fc.Arbitrary<ObjectIdentity> = fc.record({
      group,
      version: fc.constant('v1'),
      kind: fc.constantFrom('A', 'Ab', 'Shop'),
      namespace: fc.oneof(fc.constant(''), fc.constant('my-shop'), dnsLabel),
      name: fc.oneof(
        segment,
        segment.map((one) => `${one}:X`),
        segment.map((one) => `${one}:x`),
      ),
    });
    fc.assert(
      fc.property(fc.array(identity, { minLength: 2, maxLength: 40 }), (identities) => {
        const keyOf = new Map<string, string>();
        for (const id of identities) {
          const own = toManifestPath(id, { namespace: 'my-shop', sha256 });
          expect(own).toMatch(/^[a-z0-9][a-z0-9._-]*\.yaml$/);
          expect(keyOf.get(own) ?? toIdentityKey(id)).toBe(toIdentityKey(id));
          keyOf.set(own, toIdentityKey(id));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
