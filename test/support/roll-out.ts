/** What a worker would do to the store: freeze a plan of small bundles, move targets, report what agents saw. */
import { type GroupKey, toClusterKey } from '#domain/group.ts';
import type { HealthCheck } from '#domain/health-check.ts';
import { type Json, toCanonicalJson } from '#domain/json.ts';
import { type Bundle, type ManifestFile, toIdentityKey } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import type { Store } from '#domain/ports/store.ts';
import type { ResourceStatus, TargetPhase } from '#domain/status.ts';

export interface Planned {
  readonly store: Store;
  readonly group: GroupKey;
  readonly provider: string;
  readonly apps: readonly string[];
  readonly clusters: readonly string[];
  readonly healthChecks?: readonly HealthCheck[];
  /** Each app brings a CRD too. */
  readonly withCrds?: boolean;
}

// The domain's readonly interfaces are JSON, which their types cannot say.
const toBytes = (value: unknown): Uint8Array => Buffer.from(toCanonicalJson(value as Json));

const file = (kind: string, name: string, text: string): ManifestFile => ({
  path: `${kind.toLowerCase()}-ns-${name}.yaml`,
  identity: { group: '', version: 'v1', kind, namespace: 'ns', name },
  text: `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ns\n${text}`,
});

const definition = (app: string): ManifestFile => ({
  ...file('CustomResourceDefinition', `${app}s.example.org`, ''),
  identity: {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    namespace: '',
    name: `${app}s.example.org`,
  },
});

/** A ConfigMap and a Secret per app. */
const toBundle = (app: string, withCrds = false): Bundle => ({
  crds: withCrds ? [definition(app)] : [],
  hooks: [],
  main: [
    file('ConfigMap', `${app}-cm`, 'data:\n  a: b\n'),
    file('Secret', `${app}-key`, 'stringData:\n  k: hidden-7\n'),
  ],
});

const toFiles = (app: string, withCrds: boolean | undefined): readonly ManifestFile[] => {
  const { crds, main } = toBundle(app, withCrds);
  return [...crds, ...main];
};

/** Freezes the plan of the group's newest operation. */
export async function freezePlan(planned: Planned): Promise<void> {
  const { store, group, provider, apps, clusters, healthChecks, withCrds = false } = planned;
  const [operation] = await store.groups.listOperations(group, 1);
  if (operation === undefined) throw new Error('nobody asked for anything');
  await store.groups.begin(group, operation.operationId);
  const record = await store.groups.find(group);
  const bundles = new Map(
    await Promise.all(apps.map(async (app) => [app, await store.blobs.put(toBytes(toBundle(app, withCrds)))] as const)),
  );
  await store.plans.putBundles(
    [...bundles].map(([app, address]) => ({
      address,
      trees: { main: 'a'.repeat(40), crds: withCrds ? 'b'.repeat(40) : null },
      identities: toBundle(app)
        .main.map(({ identity }) => toIdentityKey(identity))
        .sort(),
      objectCount: withCrds ? 3 : 2,
      hooks: [],
      hasSecret: true,
    })),
  );
  const keys = clusters.map((cluster) => toClusterKey({ provider, cluster })).sort();
  const content: Plan = {
    group,
    gid: record?.gid ?? '',
    namespace: 'ns',
    release: 'r1',
    inputs: await store.blobs.put(toBytes({ operation: operation.number })),
    lookUps: null,
    apps: apps.map((app) => ({ app, wave: 0, dependencies: [], warnings: [] })),
    ...(healthChecks === undefined ? {} : { healthChecks }),
    clusters: keys.map((cluster) => ({
      cluster,
      delivery: { by: 'git', provider: 'fluxcd', url: 'https://git/r', branch: 'main' },
      reachable: true,
    })),
    targets: [...bundles].flatMap(([app, bundle]) =>
      keys.map((cluster) => ({ app, cluster, bundle, reason: `allOf cluster ${cluster}` })),
    ),
  };
  const digest = await store.blobs.put(toBytes(content));
  const { operationId, number, revision, instance } = operation;
  const counts = { apps: apps.length, clusters: keys.length, bundles: bundles.size };
  const targets = content.targets.length;
  const summary = { digest, waves: 1, ...counts, targets, objects: 2 * targets };
  const plan = { digest, summary, content };
  await store.plans.freeze({ group, operationId, operation: number, revision, instance, plan, rolledBackTo: null });
}

/** Moves all targets on these clusters to a phase. */
export async function moveAll(planned: Planned, phase: TargetPhase, message = ''): Promise<void> {
  const { store, group, provider, clusters } = planned;
  const keys = new Set<string>(clusters.map((cluster) => toClusterKey({ provider, cluster })));
  const targets = (await store.plans.targets(group)).filter(({ cluster }) => keys.has(cluster));
  const operation = Math.max(0, ...targets.map((target) => target.operation));
  const commit = 'c'.repeat(40);
  const changes = targets.map(({ app, cluster }) => ({ app, cluster, phase, commit, message }));
  await store.plans.moveTargets(group, operation, changes);
}

/** Every object of every target was seen with this status. */
export async function observeAll({ store, group, withCrds }: Planned, status: ResourceStatus): Promise<void> {
  const targets = await store.plans.targets(group);
  await store.plans.observe(
    targets.map(({ cluster, gid, app }) => ({
      cluster,
      gid,
      app,
      appliedRevision: 'c'.repeat(40),
      current: true,
      present: true,
      message: '',
      resources: toFiles(app, withCrds).map(({ identity }) => ({ ...identity, status, message: '' })),
      observedAt: new Date().toISOString(),
    })),
  );
}

export async function endNewest({ store, group }: Planned, state: 'done' | 'failed', message = ''): Promise<void> {
  const [operation] = await store.groups.listOperations(group, 1);
  if (operation !== undefined) await store.groups.end(group, operation.operationId, { state, message });
}
