import { orThrow } from '#domain/failure.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { ClusterInput, GroupInputs } from '#domain/inputs.ts';
import type { RenderedApp } from '#domain/manifest.ts';
import type {
  BundleRecord,
  Delivery,
  Placement,
  Plan,
  PlanApp,
  PlanController,
  PlanSummary,
  PlanTarget,
} from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { FreezingStep, OperationContext } from '#domain/steps.ts';
import { orderApps } from '#domain/waves.ts';
import { checkPlan } from './check-plan.ts';
import type { BundleIndex } from './customise-manifests.ts';
import type { ActivityDeps } from './deps.ts';
import { recallBundles } from './group-view.ts';
import { loadJson, loadManyJson, saveJson } from './json-blobs.ts';
import type { RenderedIndex } from './render-charts.ts';

/** Writes the plan as a revision and makes it the desired state of every target. */
export async function freezePlan(deps: ActivityDeps, input: FreezingStep): Promise<PlanSummary> {
  const made = await makeCheckedPlan(deps, input);
  await freeze(deps, input, { ...made, rolledBackTo: null });
  await watchClustersOf(deps, made.content);
  return made.summary;
}

/** The plan as it is stored; nothing follows from it yet. */
export async function makeCheckedPlan(deps: ActivityDeps, input: FreezingStep): Promise<Omit<Frozen, 'rolledBackTo'>> {
  const { blobs } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, input.inputs);
  const placement = await loadJson<Placement>(blobs, input.placement);
  const bundles = await loadJson<BundleIndex>(blobs, input.bundles);
  const controllers = await readControllers(deps, input.exchanges ?? []);
  const planned = await makePlan(deps, { group, placement, bundles, input });
  const made = controllers.length === 0 ? planned : { ...planned, controllers };
  const records = await recallBundles(
    deps,
    input.group,
    made.targets.map((target) => target.bundle),
  );
  const content = withHookWarnings(made, records);
  const { clusters, logicalCloud } = group;
  const permitted = logicalCloud.rights?.namespaces ?? null;
  await checkPlan(deps, { plan: content, clusters, records, permitted, holder: input.group });
  const digest = await saveJson(blobs, content);
  return { digest, summary: toSummary(digest, content, records), content };
}

export const watchClustersOf = (deps: ActivityDeps, plan: Plan): Promise<void> =>
  deps.messenger.watch(plan.clusters.filter((c) => c.reachable).map((c) => c.cluster));

/** Those whose results count, in the order in which they acted. */
async function readControllers({ store }: ActivityDeps, ids: readonly string[]): Promise<readonly PlanController[]> {
  const records = await Promise.all(ids.map((id) => store.exchanges.find(id)));
  return records.flatMap((record) => {
    if (record === null || record.taken === null) return [];
    const { controller, intent, activity, request, taken } = record;
    return [{ controller, intent, activity, request, result: taken }];
  });
}

interface PlanParts {
  readonly group: GroupInputs;
  readonly placement: Placement;
  readonly bundles: BundleIndex;
  readonly input: FreezingStep;
}

async function makePlan(deps: ActivityDeps, { group, placement, bundles, input }: PlanParts): Promise<Plan> {
  const chosen = new Set(placement.flatMap((app) => app.choices.map((choice) => choice.cluster)));
  const { rights } = group.logicalCloud;
  return {
    group: group.group,
    gid: group.gid,
    namespace: group.logicalCloud.namespace,
    release: group.release,
    inputs: input.inputs,
    lookUps: input.lookUps,
    apps: await toPlanApps(deps, group, { bundles, placement, rendered: input.rendered }),
    ...(group.healthChecks === undefined ? {} : { healthChecks: group.healthChecks }),
    clusters: group.clusters
      .filter((cluster) => chosen.has(cluster.key))
      .map(({ key, gitops, reachable }) => ({ cluster: key, delivery: toDelivery(gitops), reachable })),
    targets: toTargets(placement, bundles),
    ...(rights === undefined ? {} : { tenant: rights.tenant }),
  };
}

/** Hooks of which nobody would say that they ended. */
function withHookWarnings(plan: Plan, records: ReadonlyMap<BlobAddress, BundleRecord>): Plan {
  const silent = new Set(plan.clusters.filter(({ reachable }) => !reachable).map(({ cluster }) => cluster));
  const left = plan.targets.filter(
    ({ cluster, bundle }) => silent.has(cluster) && (records.get(bundle)?.hooks.length ?? 0) > 0,
  );
  if (left.length === 0) return plan;
  const byApp = Map.groupBy(left, ({ app }) => app);
  const apps = plan.apps.map((app) => {
    const [first, ...others] = byApp.get(app.app) ?? [];
    if (first === undefined) return app;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    const where = `${first.cluster}${more}, since nobody reports what runs there (no kubeconfig)`;
    return { ...app, warnings: [...app.warnings, `Helm hooks do not run on cluster ${where}`] };
  });
  return { ...plan, apps };
}

export const toDelivery = (gitops: ClusterInput['gitops']): Delivery =>
  gitops === null ? { by: 'kubernetes' } : { by: 'git', provider: gitops.type, url: gitops.url, branch: gitops.branch };

async function toPlanApps(
  deps: ActivityDeps,
  group: GroupInputs,
  { bundles, placement, rendered }: { bundles: BundleIndex; placement: Placement; rendered: BlobAddress },
): Promise<readonly PlanApp[]> {
  const waves = orThrow(orderApps(group.apps));
  const index = await loadJson<RenderedIndex>(deps.store.blobs, rendered);
  const apps = await loadManyJson<RenderedApp>(deps.store.blobs, Object.values(index));
  return group.apps.map((app) => {
    const address = index[app.name];
    const own = address === undefined ? [] : (apps.get(address)?.warnings ?? []);
    const placed = placement.find((one) => one.app === app.name)?.warnings ?? [];
    const warnings = [...placed, ...own, ...(bundles[app.name]?.warnings ?? [])];
    return {
      app: app.name,
      wave: waves.findIndex((names) => names.includes(app.name)),
      dependencies: app.dependencies,
      warnings,
    };
  });
}

function toTargets(placement: Placement, bundles: BundleIndex): readonly PlanTarget[] {
  return placement.flatMap(({ app, choices }) => {
    const byCluster = new Map<ClusterKey, BlobAddress>();
    for (const { bundle, clusters } of bundles[app]?.variants ?? []) {
      for (const cluster of clusters) byCluster.set(cluster, bundle);
    }
    return choices.flatMap(({ cluster, reason }) => {
      const bundle = byCluster.get(cluster);
      return bundle === undefined ? [] : [{ app, cluster, bundle, reason }];
    });
  });
}

export function toSummary(
  digest: BlobAddress,
  plan: Plan,
  records: ReadonlyMap<BlobAddress, BundleRecord>,
): PlanSummary {
  const objects = plan.targets.reduce((sum, target) => sum + (records.get(target.bundle)?.objectCount ?? 0), 0);
  return {
    digest,
    waves: plan.apps.reduce((highest, app) => Math.max(highest, app.wave + 1), 0),
    apps: plan.apps.length,
    clusters: plan.clusters.length,
    targets: plan.targets.length,
    bundles: records.size,
    objects,
  };
}

export interface Frozen {
  readonly digest: BlobAddress;
  readonly summary: PlanSummary;
  readonly content: Plan;
  readonly rolledBackTo: number | null;
}

export async function freeze(deps: ActivityDeps, context: OperationContext, frozen: Frozen | null): Promise<void> {
  const { group, operationId, operation, revision } = context;
  const record = await deps.store.groups.findOperation(group, operationId);
  await deps.store.plans.freeze({
    group,
    operationId,
    operation,
    revision,
    instance: record?.instance ?? '',
    plan: frozen === null ? null : { digest: frozen.digest, summary: frozen.summary, content: frozen.content },
    rolledBackTo: frozen?.rolledBackTo ?? null,
    ...(record?.removal === undefined ? {} : { removal: record.removal }),
  });
  await deps.store.groups.step(group, operationId, 'frozen');
}
