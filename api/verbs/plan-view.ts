/** A frozen plan for people: waves, where each app goes and why, and what the clusters share. */
import { type ClusterKey, toClusterRef } from '#domain/group.ts';
import type { BundleRecord, Delivery, Plan, PlanTarget } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

export function toPlanView(plan: Plan, bundles: ReadonlyMap<BlobAddress, BundleRecord>) {
  const byApp = Map.groupBy(plan.targets, ({ app }) => app);
  const waves = Map.groupBy(plan.apps, ({ wave }) => wave);
  return {
    namespace: plan.namespace,
    release: plan.release,
    lookUps: plan.lookUps,
    ...(plan.healthChecks === undefined ? {} : { healthCheckExprs: plan.healthChecks }),
    waves: [...waves]
      .sort(([one], [other]) => one - other)
      .map(([wave, apps]) => ({
        wave,
        apps: apps.map(({ app, dependencies }) => ({ app, dependencies })),
      })),
    placement: plan.apps.map(({ app }) => ({ app, clusters: (byApp.get(app) ?? []).map(toPlaced) })),
    clusters: plan.clusters.map(({ cluster, delivery, reachable }) => ({
      ...toNames(cluster),
      delivery: toDelivery(delivery),
      reachable,
    })),
    bundles: [...byApp].flatMap(([app, targets]) => toShared(app, targets, bundles)),
    ...(plan.controllers === undefined ? {} : { controllers: plan.controllers }),
    warnings: plan.apps.flatMap(({ app, warnings }) => warnings.map((warning) => ({ app, warning }))),
  };
}

function toNames(key: ClusterKey) {
  const { provider, cluster } = toClusterRef(key);
  return { clusterProvider: provider, cluster };
}

const toPlaced = ({ cluster, reason, bundle }: PlanTarget) => ({ ...toNames(cluster), reason, bundle });

const toDelivery = (delivery: Delivery): object =>
  delivery.by === 'git' ? { by: 'git', provider: delivery.provider, branch: delivery.branch } : { by: 'kubernetes' };

function toShared(
  app: string,
  targets: readonly PlanTarget[],
  records: ReadonlyMap<BlobAddress, BundleRecord>,
): readonly object[] {
  return [...Map.groupBy(targets, ({ bundle }) => bundle)].map(([bundle, sharing]) => {
    const record = records.get(bundle);
    return {
      app,
      bundle,
      clusters: sharing.length,
      objects: record?.objectCount ?? 0,
      hooks: record?.hooks.length ?? 0,
      hasSecret: record?.hasSecret ?? false,
    };
  });
}
