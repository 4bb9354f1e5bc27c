import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { findScope, toCrdScopes, toScopeWarnings } from '#domain/scope.ts';

const object = (apiVersion: string, kind: string): KubernetesObject => ({ apiVersion, kind, metadata: { name: 'x' } });
const crd = (group: string, kind: string, scope: string): KubernetesObject => ({
  ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  spec: { group, scope, names: { kind } },
});

describe('findScope', () => {
  it.each([
    ['v1', 'Namespace', 'Cluster'],
    ['v1', 'ConfigMap', 'Namespaced'],
    ['apps/v1', 'Deployment', 'Namespaced'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'Cluster'],
    ['rbac.authorization.k8s.io/v1', 'Role', 'Namespaced'],
    ['networking.k8s.io/v1', 'IngressClass', 'Cluster'],
    ['storage.k8s.io/v1', 'CSIStorageCapacity', 'Namespaced'],
    ['certificates.k8s.io/v1alpha1', 'PodCertificateRequest', 'Namespaced'],
    ['cert-manager.io/v1', 'ClusterIssuer', 'Cluster'],
    ['cert-manager.io/v1', 'Issuer', null],
    ['constructor/v1', 'Widget', null],
    ['x.io/v1', 'Namespace', null],
  ])('of %s %s is %s', (apiVersion, kind, scope) => {
    expect(findScope(object(apiVersion, kind), new Map())).toBe(scope);
  });

  it('follows the CRDs of the plan, which never change a built-in kind', () => {
    const scopes = toCrdScopes([
      crd('x.io', 'Widget', 'Cluster'),
      crd('x.io', 'Gadget', 'Namespaced'),
      crd('apps', 'Deployment', 'Cluster'),
    ]);
    expect(findScope(object('x.io/v2', 'Widget'), scopes)).toBe('Cluster');
    expect(findScope(object('x.io/v1', 'Gadget'), scopes)).toBe('Namespaced');
    expect(findScope(object('apps/v1', 'Deployment'), scopes)).toBe('Namespaced');
  });

  it('is unknown after CRDs that say nothing useful', () => {
    expect(
      toCrdScopes([object('apiextensions.k8s.io/v1', 'CustomResourceDefinition'), crd('x.io', 'W', 'Odd')]).size,
    ).toBe(0);
  });
});

describe('toScopeWarnings', () => {
  it('names each kind once', () => {
    const objects = [
      object('x.io/v1', 'Widget'),
      object('x.io/v1', 'Widget'),
      object('v1', 'Pod'),
      object('a.io/v1', 'B'),
    ];
    expect(toScopeWarnings(objects, new Map())).toEqual([
      'kind B of a.io: no CRD of the app declares its scope; taken as namespaced',
      'kind Widget of x.io: no CRD of the app declares its scope; taken as namespaced',
    ]);
  });
});
