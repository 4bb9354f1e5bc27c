/** What a worker would do to the store: freeze a plan of small bundles, move targets, report what agents saw. */
import { type GroupKey, toClusterKey } from '#domain/group.ts';
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
}

// The domain's readonly interfaces are JSON, which their types cannot say.
const toBytes = (value: unknown): Uint8Array => Buffer.from(toCanonicalJson(value as Json));

const file = (kind: string, name: string, text: string): ManifestFile => ({
  path: `${kind.toLowerCase()}-ns-${name}.yaml`,
  identity: { group: '', version: 'v1', kind, namespace: 'ns', name },
  text: `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ns\n${text}`,
});

/** A ConfigMap and a Secret per app. */
const toBundle = (app: string): Bundle => ({
  crds: [],
  hooks: [],
  main: [
    file('ConfigMap', `${app}-cm`, 'data:\n  a: b\n'),
    file('Secret', `${app}-key`, 'stringData:\n  k: hidden-7\n'),
  ],
});

/** Freezes the plan of the group's newest operation. */
export async function freezePlan({ store, group, provider, apps, clusters }: Planned): Promise<void> {
  const [operation] = await store.groups.listOperations(group, 1);
  if (operation === undefined) throw new Error('nobody asked for anything');
  await store.groups.begin(group, operation.operationId);
  const record = await store.groups.find(group);
  const bundles = new Map(
    await Promise.all(apps.map(async (app) => [app, await store.blobs.put(toBytes(toBundle(app)))] as const)),
  );
  await store.plans.putBundles(
    [...bundles].map(([app, address]) => ({
      address,
      trees: { main: 'a'.repeat(40), crds: null },
      identities: toBundle(app)
        .main.map(({ identity }) => toIdentityKey(identity))
        .sort(),
      objectCount: 2,
      hookCount: 0,
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
    apps: apps.map((app) => ({ app, wave: 0, dependencies: [], warnings: [] })),
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

/** Moves all targets of the group to a phase. */
export async function moveAll({ store, group }: Planned, phase: TargetPhase, message = ''): Promise<void> {
  const targets = await store.plans.targets(group);
  const operation = Math.max(0, ...targets.map((target) => target.operation));
  const commit = 'c'.repeat(40);
  const changes = targets.map(({ app, cluster }) => ({ app, cluster, phase, commit, message }));
  await store.plans.moveTargets(group, operation, changes);
}

/** Every object of every target was seen with this status. */
export async function observeAll({ store, group }: Planned, status: ResourceStatus): Promise<void> {
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
      resources: toBundle(app).main.map(({ identity }) => ({ ...identity, status, message: '' })),
      observedAt: new Date().toISOString(),
    })),
  );
}

export async function endNewest({ store, group }: Planned, state: 'done' | 'failed', message = ''): Promise<void> {
  const [operation] = await store.groups.listOperations(group, 1);
  if (operation !== undefined) await store.groups.end(group, operation.operationId, { state, message });
}
