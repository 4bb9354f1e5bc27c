import { describe, expect, it } from 'vitest';
import { toApiPath } from '#domain/api-path.ts';
import type { ServedKind } from '#domain/ports/api-server.ts';

const kind = (more: Partial<ServedKind>): ServedKind => ({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  ...more,
});

describe('a path of the API', () => {
  it('leads to one object, to a collection in a namespace, or over all namespaces', () => {
    expect(toApiPath(kind({}), { namespace: 'shop', name: 'web' })).toBe('/api/v1/namespaces/shop/configmaps/web');
    expect(toApiPath(kind({}), { namespace: 'shop' })).toBe('/api/v1/namespaces/shop/configmaps');
    expect(toApiPath(kind({ group: 'apps', resource: 'deployments' }))).toBe('/apis/apps/v1/deployments');
  });

  it('has no namespace for a cluster-scoped kind and escapes names', () => {
    const role = kind({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespaced: false });
    expect(toApiPath(role, { namespace: 'shop', name: 'system:a/b' })).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa%2Fb',
    );
  });
});
