/** The plan of a level 1 logical cloud: one app, `logical-cloud`, on all its clusters. */
import { makeBundle } from '#domain/bundle.ts';
import { type CloudInputs, type CloudPrincipal, toCloudObjects } from '#domain/cloud-objects.ts';
import { Failure, orThrow } from '#domain/failure.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { ClusterInput } from '#domain/inputs.ts';
import type { Plan, PlanSummary } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { OperationContext } from '#domain/steps.ts';
import { toRecord } from './bundle-app.ts';
import { checkPlan } from './check-plan.ts';
import { findUsers } from './cloud-users.ts';
import type { ActivityDeps } from './deps.ts';
import { freeze, toDelivery, toSummary } from './freeze-plan.ts';
import { toProvider } from './group-view.ts';
import { saveJson, toBytes } from './json-blobs.ts';
import { readCloud, readCloudClusters } from './read-cloud.ts';
import { readClusters } from './read-clusters.ts';
import { ensureUserKey } from './user-certificates.ts';

export const cloudApp = 'logical-cloud';

/** Reads the documents of the cloud and makes their objects the desired state of every cluster that it refers to. */
export async function planCloud(deps: ActivityDeps, context: OperationContext): Promise<PlanSummary> {
  const cloud = await readCloud(deps, context.group);
  const clusters = await findClusters(deps, context);
  await refuseUsedLeavers(deps, context, clusters);
  if (clusters.some((cluster) => cluster.gitops === null)) await ensureUserKey(deps, context.group);
  const content = await makePlan(deps, context, { cloud, clusters });
  const records = await deps.store.plans.findBundles([...new Set(content.targets.map((target) => target.bundle))]);
  await checkPlan(deps, { plan: content, clusters, records, permitted: null, holder: context.group });
  const digest = await saveJson(deps.store.blobs, content);
  const summary = toSummary(digest, content, records);
  await freeze(deps, context, { digest, summary, content, rolledBackTo: null });
  await deps.messenger.watch(content.clusters.filter((c) => c.reachable).map((c) => c.cluster));
  return summary;
}

async function findClusters(deps: ActivityDeps, { group }: OperationContext): Promise<readonly ClusterInput[]> {
  const keys = await readCloudClusters(deps, group);
  const { clusters: found } = await readClusters(deps.store.documents, deps.gitops, { keys, labels: null });
  const missing = keys.filter((key) => !found.has(key));
  if (missing.length === 0 && keys.length > 0) return [...found.values()];
  const named = missing.slice(0, 20).map((key) => `cluster ${key}`);
  const expected = 'cluster references to clusters that exist';
  const problem = { object: `logical cloud ${group}`, expected, found: named.join(', ') || 'no reference' };
  throw new Failure('reference-not-found', [problem]);
}

/** What a group of the cloud runs by must not go before it. */
async function refuseUsedLeavers(
  deps: ActivityDeps,
  { group }: OperationContext,
  clusters: readonly ClusterInput[],
): Promise<void> {
  const staying = new Set(clusters.map((cluster) => cluster.key));
  const leaving = new Set((await deps.store.plans.targets(group)).map((row) => row.cluster));
  const users = await findUsers(deps, group, (cluster) => leaving.has(cluster) && !staying.has(cluster));
  if (users.length === 0) return;
  const problem = (found: string) => ({
    object: `logical cloud ${group}`,
    expected: 'no group on a cluster that leaves it',
    found,
  });
  throw new Failure('is-referenced', users.slice(0, 20).map(problem));
}

interface CloudParts {
  readonly cloud: CloudInputs;
  readonly clusters: readonly ClusterInput[];
}

async function makePlan(deps: ActivityDeps, context: OperationContext, parts: CloudParts): Promise<Plan> {
  const { cloud, clusters } = parts;
  const bundles = await makeBundles(deps, parts);
  return {
    group: context.group,
    gid: cloud.lcid,
    namespace: cloud.namespace,
    release: cloud.name,
    lookUps: null,
    inputs: await saveJson(deps.store.blobs, parts),
    apps: [{ app: cloudApp, wave: 0, dependencies: [], warnings: [] }],
    clusters: clusters.map(({ key, gitops, reachable }) => ({ cluster: key, delivery: toDelivery(gitops), reachable })),
    targets: clusters.flatMap(({ key }) => {
      const bundle = bundles.get(key);
      return bundle === undefined ? [] : [{ app: cloudApp, cluster: key, bundle, reason: 'cluster reference' }];
    }),
  };
}

/** Clusters whose groups are applied by the same principal share a bundle. */
async function makeBundles(
  deps: ActivityDeps,
  { cloud, clusters }: CloudParts,
): Promise<ReadonlyMap<ClusterKey, BlobAddress>> {
  const { toYaml, sha256, store } = deps;
  const found = new Map<ClusterKey, BlobAddress>();
  const principals = new Map(clusters.map((cluster) => [cluster.key, toPrincipal(deps, cluster, cloud.lcid)]));
  for (const same of Map.groupBy(clusters, ({ key }) => JSON.stringify(principals.get(key))).values()) {
    const principal = same[0] === undefined ? undefined : principals.get(same[0].key);
    if (principal === undefined) continue;
    const objects = toCloudObjects(cloud, principal, sha256);
    const options = { gid: cloud.lcid, app: cloudApp, namespace: cloud.namespace, toYaml, sha256, keepAnnotations: {} };
    const bundle = orThrow(makeBundle({ crds: [], objects, hooks: [] }, options));
    const address = await store.blobs.put(toBytes(bundle));
    await store.plans.putBundles([toRecord(deps, address, bundle)]);
    for (const { key } of same) found.set(key, address);
  }
  return found;
}

function toPrincipal(deps: ActivityDeps, cluster: ClusterInput, lcid: string): CloudPrincipal {
  if (cluster.gitops === null) return { by: 'certificate' };
  const account = toProvider(deps, cluster).tenantAccount?.(lcid);
  if (account !== undefined) return { by: 'serviceAccount', ...account };
  const expected = 'an agent that applies by a service account, such as fluxcd';
  const problem = { object: `cluster ${cluster.key} of a level 1 logical cloud`, expected, found: cluster.gitops.type };
  throw new Failure('document-invalid', [problem]);
}
