/** A group of five apps with six objects each that runs on N clusters, as the store holds it: what the status is asked of. */
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import { toIdentityKey } from '#domain/manifest.ts';
import type { Bundle, ManifestFile, ObjectIdentity } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Store } from '#domain/ports/store.ts';
import { appNames, toClusterName } from './cases.ts';

const kinds = [
  ['apps', 'Deployment'],
  ['', 'Service'],
  ['', 'ConfigMap'],
  ['', 'Secret'],
  ['', 'ServiceAccount'],
  ['networking.k8s.io', 'Ingress'],
] as const;

const toIdentities = (app: string): readonly ObjectIdentity[] =>
  kinds.map(([group, kind]) => ({
    group,
    version: 'v1',
    kind,
    namespace: 'shop',
    name: `${app}-${kind.toLowerCase()}`,
  }));

const toFile = (identity: ObjectIdentity): ManifestFile => ({
  path: `${identity.kind.toLowerCase()}-${identity.name}.yaml`,
  identity,
  text: `apiVersion: v1\nkind: ${identity.kind}\nmetadata:\n  name: ${identity.name}\n  namespace: shop\n`,
});

const toBundle = (app: string): Bundle => ({ crds: [], main: toIdentities(app).map(toFile), hooks: [] });

const toBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export interface Fleet {
  readonly provider: string;
  readonly clusters: number;
}

const toKeys = ({ provider, clusters }: Fleet): readonly ClusterKey[] =>
  // The two names are what a cluster key is made of.
  Array.from({ length: clusters }, (_, at) => `${provider}+${toClusterName(at)}` as ClusterKey);

/** Freezes a plan for the group's newest operation, and lets every target be Ready and every object Current but a few. */
export async function deployFleet(store: Store, group: GroupKey, fleet: Fleet): Promise<void> {
  const [operation] = await store.groups.listOperations(group, 1);
  if (operation === undefined) throw new Error('status bench: expected an operation, found none');
  const { operationId, number, revision, instance } = operation;
  await store.groups.begin(group, operationId);
  const plan = await toPlan(store, group, fleet);
  await store.plans.freeze({ group, operationId, operation: number, revision, instance, plan, rolledBackTo: null });
  const { targets } = plan.content;
  const commit = 'c'.repeat(40);
  const moves = targets.map(({ app, cluster }) => ({ app, cluster, phase: 'Ready' as const, commit }));
  await store.plans.moveTargets(group, number, moves);
  await store.plans.observe(
    targets.map(({ app, cluster }, at) => toObservation(plan.content.gid, { app, cluster, at })),
  );
  await store.groups.end(group, operationId, { state: 'done', message: '' });
}

async function toPlan(store: Store, group: GroupKey, fleet: Fleet) {
  const bundles = new Map<string, BlobAddress>();
  for (const app of appNames) bundles.set(app, await store.blobs.put(toBytes(toBundle(app))));
  await store.plans.putBundles(
    [...bundles].map(([app, address]) => ({
      address,
      trees: { main: 'a'.repeat(40), crds: null },
      identities: toIdentities(app).map(toIdentityKey).toSorted(),
      objectCount: kinds.length,
      hooks: [],
      hasSecret: true,
    })),
  );
  const keys = toKeys(fleet);
  const delivery = { by: 'git', provider: 'fluxcd', url: 'https://git/r', branch: 'main' } as const;
  const content: Plan = {
    group,
    gid: (await store.groups.find(group))?.gid ?? '',
    namespace: 'shop',
    release: 'r1',
    inputs: await store.blobs.put(toBytes({ group })),
    lookUps: null,
    apps: appNames.map((app) => ({ app, wave: 0, dependencies: [], warnings: [] })),
    clusters: keys.map((cluster) => ({ cluster, delivery, reachable: true })),
    targets: [...bundles].flatMap(([app, bundle]) => keys.map((cluster) => ({ app, cluster, bundle, reason: 'all' }))),
  };
  const targets = content.targets.length;
  const counts = { waves: 1, apps: bundles.size, clusters: keys.length, targets, bundles: bundles.size };
  const digest = await store.blobs.put(toBytes(content));
  return { digest, summary: { digest, ...counts, objects: kinds.length * targets }, content };
}

/** Every fiftieth app has one object that is not well, each with words of its own. */
const toObservation = (gid: string, seen: { app: string; cluster: ClusterKey; at: number }) => ({
  cluster: seen.cluster,
  gid,
  app: seen.app,
  appliedRevision: 'c'.repeat(40),
  current: true,
  present: true,
  message: '',
  resources: toIdentities(seen.app).map((identity, place) => ({
    ...identity,
    ...(seen.at % 50 === 0 && place === 0
      ? { status: 'InProgress' as const, message: `Available: ${seen.at}/9999` }
      : { status: 'Current' as const, message: 'Resource is current' }),
  })),
  observedAt: new Date().toISOString(),
});
