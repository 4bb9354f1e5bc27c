import { describe, expect, it } from 'vitest';
import type { ClusterKey } from '#domain/group.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import { absent, notKnown } from '#plugins/status/kubernetes/agent-report.ts';
import type { AgentReport } from '#plugins/status/kubernetes/agent-report.ts';
import { toObservations } from '#plugins/status/kubernetes/to-observations.ts';
import type { ClusterView } from '#plugins/status/kubernetes/to-observations.ts';

const configMap: ObjectIdentity = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web' };
const crd: ObjectIdentity = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  namespace: '',
  name: 'widgets.ex.io',
};

const applied = (revision: string): AgentReport => ({
  ...absent(''),
  present: true,
  revision,
  current: true,
  seenAt: 100,
});

interface Scene {
  readonly main: AgentReport;
  readonly crds?: AgentReport;
  /** Up to when the objects were looked at. */
  readonly lookedAt?: number;
}

const view = ({ main, crds = absent(''), lookedAt = 200 }: Scene): ClusterView => ({
  cluster: 'edge+c1' as ClusterKey, // spelled as toClusterKey would
  reportOf: (_, part) => (part === 'main' ? main : crds),
  areFresh: (_, since) => lookedAt >= since,
  healthOf: (identity) => ({ ...identity, status: 'Current', message: '' }),
  hookHealthOf: (identity) => ({ ...identity, status: 'InProgress', message: '', run: '1.0' }),
  time: '2026-11-22T00:00:00.000Z',
});

const app = (resources: readonly ObjectIdentity[], delivery: ExpectedApp['delivery'] = 'git'): ExpectedApp => ({
  gid: '1',
  app: 'web',
  delivery,
  provider: 'fluxcd',
  resources,
});

const summary = (scene: Scene, expected: ExpectedApp) =>
  toObservations(view(scene), expected).map(({ app, appliedRevision, present, resources }) => ({
    app,
    appliedRevision,
    present,
    objects: resources.length,
  }));

describe('an observation', () => {
  it('is not made while the agent was not looked at', () => {
    expect(summary({ main: notKnown }, app([configMap]))).toEqual([]);
    expect(summary({ main: applied('a'), crds: notKnown }, app([configMap]))).toEqual([]);
  });

  it('is not made while an object may have been looked at before the revision was applied', () => {
    expect(summary({ main: applied('a'), lookedAt: 99 }, app([configMap]))).toEqual([]);
    expect(summary({ main: applied('a'), lookedAt: 100 }, app([configMap]))).toHaveLength(1);
  });

  it('of CRDs is one of its own beside the whole', () => {
    expect(summary({ main: applied('b'), crds: applied('a') }, app([crd, configMap]))).toEqual([
      { app: 'web', appliedRevision: 'b', present: true, objects: 2 },
      { app: 'web/crds', appliedRevision: 'a', present: true, objects: 1 },
    ]);
  });

  it('of an app that has only CRDs goes by their agent object', () => {
    expect(summary({ main: absent(''), crds: applied('a') }, app([crd]))).toEqual([
      { app: 'web', appliedRevision: 'a', present: true, objects: 1 },
      { app: 'web/crds', appliedRevision: 'a', present: true, objects: 1 },
    ]);
  });

  it('of an app that leaves says it is there as long as any agent object is', () => {
    expect(summary({ main: absent(''), crds: applied('a') }, app([]))[0]).toMatchObject({ present: true });
    expect(summary({ main: absent('') }, app([]))).toEqual([
      { app: 'web', appliedRevision: '', present: false, objects: 0 },
    ]);
  });

  it('of a directly managed app knows one part only', () => {
    expect(summary({ main: applied('bundle'), crds: notKnown }, app([crd, configMap], 'kubernetes'))).toEqual([
      { app: 'web', appliedRevision: 'bundle', present: true, objects: 2 },
    ]);
  });
});
