import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type BundleContent, type BundleOptions, makeBundle, makeBundler } from '#domain/bundle.ts';
import { orThrow } from '#domain/failure.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const options: BundleOptions = {
  gid: '1234567890123456789',
  app: 'web',
  namespace: 'shop',
  toYaml: (value) => JSON.stringify(value),
  sha256,
  keepAnnotations: { 'agent.example/prune': 'disabled' },
};
const label = '1234567890123456789-web';

type Names = [apiVersion: string, kind: string, name: string, rest?: JsonObject];
const object = (...[apiVersion, kind, name, rest = {}]: Names): KubernetesObject => {
  const { metadata, ...other } = rest;
  return { apiVersion, kind, metadata: { name, ...(metadata as JsonObject | undefined) }, ...other };
};
const pods = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c' }] } };
const content = (...objects: KubernetesObject[]): BundleContent => ({ crds: [], objects, hooks: [] });
const written = (one: BundleContent, more: Partial<BundleOptions> = {}) =>
  orThrow(makeBundle(one, { ...options, ...more })).main.map((file) => JSON.parse(file.text) as KubernetesObject);
const crd = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.x.io', {
  spec: { group: 'x.io', scope: 'Cluster', names: { kind: 'Widget' } },
});

describe('makeBundle', () => {
  it('states the namespace on namespaced objects and on no other', () => {
    const objects = [
      object('v1', 'ConfigMap', 'own'),
      object('v1', 'ConfigMap', 'empty', { metadata: { namespace: '' } }),
      object('v1', 'ConfigMap', 'else', { metadata: { namespace: 'other' } }),
      object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'wide', { metadata: { namespace: 'shop' } }),
      object('far.io/v1', 'Thing', 'unknown'),
    ];
    const namespaces = Object.fromEntries(
      written(content(...objects)).map((one) => [one.metadata.name, one.metadata.namespace]),
    );
    expect(namespaces).toEqual({ own: 'shop', empty: 'shop', else: 'other', wide: undefined, unknown: 'shop' });
  });

  it('takes the scope of custom kinds from the CRDs of the app and of the plan', () => {
    const widget = object('x.io/v1', 'Widget', 'w');
    expect(written({ ...content(widget), crds: [crd] })[0]?.metadata.namespace).toBe(undefined);
    expect(written(content(widget), { planCrds: [crd] })[0]?.metadata.namespace).toBe(undefined);
    expect(written(content(widget))[0]?.metadata.namespace).toBe('shop');
  });

  it('labels objects and pod templates, also those of CronJobs, and no selector', () => {
    const deployment = object('apps/v1', 'Deployment', 'd', {
      spec: { selector: { matchLabels: { app: 'web' } }, template: pods },
    });
    const bare = object('apps/v1', 'Deployment', 'e', { spec: { template: { spec: { containers: [] } } } });
    const cron = object('batch/v1', 'CronJob', 'c', { spec: { jobTemplate: { spec: { template: pods } } } });
    const rollout = object('argoproj.io/v1alpha1', 'Rollout', 'r', { spec: { template: pods } });
    const secretTemplate = object('external-secrets.io/v1', 'ExternalSecret', 's', {
      spec: { template: { data: { a: 'b' } } },
    });
    const [c, d, e, s, r] = written(content(deployment, bare, cron, rollout, secretTemplate));
    expect(d?.metadata['labels']).toEqual({ 'emco/deployment-id': label });
    expect(d?.['spec']).toEqual({
      selector: { matchLabels: { app: 'web' } },
      template: { ...pods, metadata: { labels: { app: 'web', 'emco/deployment-id': label } } },
    });
    expect(e?.['spec']).toMatchObject({ template: { metadata: { labels: { 'emco/deployment-id': label } } } });
    expect(c?.['spec']).toMatchObject({
      jobTemplate: { spec: { template: { metadata: { labels: { 'emco/deployment-id': label } } } } },
    });
    expect(r?.['spec']).toMatchObject({ template: { metadata: { labels: { 'emco/deployment-id': label } } } });
    expect(s?.['spec']).toEqual({ template: { data: { a: 'b' } } });
  });

  it('strips annotations of Helm and records that an object shall be kept', () => {
    const annotations = {
      'helm.sh/hook': 'pre-install',
      'helm.sh/resource-policy': 'keep',
      'helm.sh/chart': 'x',
      note: 'stays',
    };
    const [kept, none] = written(
      content(
        object('v1', 'ConfigMap', 'a', { metadata: { annotations } }),
        object('v1', 'ConfigMap', 'b', {
          metadata: { annotations: { 'helm.sh/hook': 'x' }, labels: null, creationTimestamp: null },
        }),
      ),
    );
    expect(kept?.metadata['annotations']).toEqual({
      note: 'stays',
      'emco/resource-policy': 'keep',
      'agent.example/prune': 'disabled',
    });
    expect(none?.metadata).toEqual({ name: 'b', namespace: 'shop', labels: { 'emco/deployment-id': label } });
  });

  it('keeps CRDs apart, wherever they come from, with the same bytes for every group', () => {
    const one = orThrow(makeBundle(content(crd, object('v1', 'ConfigMap', 'a')), options));
    const other = orThrow(
      makeBundle({ ...content(), crds: [crd] }, { ...options, gid: '9'.repeat(19), app: 'db', namespace: 'elsewhere' }),
    );
    expect(one.crds.map((file) => file.path)).toEqual([
      'customresourcedefinition.apiextensions.k8s.io--widgets.x.io.yaml',
    ]);
    expect(one.crds).toEqual(other.crds);
    expect(one.main).toHaveLength(1);
  });

  it('sorts files by path and gives identities', () => {
    const bundle = orThrow(
      makeBundle(
        content(object('v1', 'Service', 'b'), object('apps/v1', 'Deployment', 'a'), object('v1', 'ConfigMap', 'c')),
        options,
      ),
    );
    expect(bundle.main.map((file) => file.path)).toEqual([
      'configmap-shop-c.yaml',
      'deployment.apps-shop-a.yaml',
      'service-shop-b.yaml',
    ]);
    expect(bundle.main[1]?.identity).toEqual({
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'a',
    });
  });

  it('makes files of hooks, with events, weight and policies', () => {
    const hook = {
      events: ['pre-install'] as const,
      weight: -1,
      deletePolicies: ['hook-succeeded'],
      object: object('batch/v1', 'Job', 'migrate', { metadata: { annotations: { 'helm.sh/hook': 'pre-install' } } }),
    };
    const [file] = orThrow(makeBundle({ ...content(), hooks: [hook] }, options)).hooks;
    expect(file).toMatchObject({
      path: 'job.batch-shop-migrate.yaml',
      events: ['pre-install'],
      weight: -1,
      deletePolicies: ['hook-succeeded'],
    });
    expect(file?.text).not.toContain('helm.sh');
  });

  it('refuses every object that stands twice, also when only the namespace was left out', () => {
    const twice = content(
      object('v1', 'ConfigMap', 'a'),
      object('v1', 'ConfigMap', 'a', { metadata: { namespace: 'shop' } }),
      object('apps/v1', 'Deployment', 'd'),
      object('apps/v1beta1', 'Deployment', 'd'),
      object('x.io/v1', 'Foo', 'f'),
      object('x.io/v1', 'FOO', 'f'),
    );
    expect(makeBundle(twice, options)).toEqual({
      ok: false,
      code: 'object-refused',
      problems: [
        {
          object: 'ConfigMap shop/a',
          expected: 'one object of this kind, namespace and name in the app',
          found: '2 of them',
        },
        {
          object: 'Deployment shop/d',
          expected: 'one object of this kind, namespace and name in the app',
          found: '2 of them',
        },
        {
          object: 'Foo shop/f',
          expected: 'one object of this kind, namespace and name in the app',
          found: 'x.io/FOO/shop/f and x.io/Foo/shop/f, which differ in case only',
        },
      ],
    });
  });

  it('never changes its input', () => {
    const frozen = deepFreeze(
      object('apps/v1', 'Deployment', 'd', {
        metadata: { annotations: { 'helm.sh/x': 'y' }, labels: { a: 'b' } },
        spec: { template: pods },
      }),
    );
    expect(() => makeBundle(content(frozen), options)).not.toThrow();
  });
});

describe('makeBundler', () => {
  it('turns an object that variants share into text once', () => {
    let count = 0;
    const bundler = makeBundler({ ...options, toYaml: (value) => `${(count += 1)} ${JSON.stringify(value)}` });
    const shared = object('v1', 'ConfigMap', 'shared');
    const bundles = Array.from({ length: 100 }, (_, at) =>
      orThrow(bundler(content(shared, object('v1', 'ConfigMap', `own-${at}`)))),
    );
    expect(count).toBe(101);
    expect(new Set(bundles.map((bundle) => bundle.main.at(-1))).size).toBe(1);
  });
});

function deepFreeze<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(Object.freeze(value))) deepFreeze(member as Json);
  return value;
}
