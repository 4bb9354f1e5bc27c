/** Holds the watches of all clusters of a shard, writes what they see and tells the groups, at most once a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { documentKinds } from '#domain/document-kinds.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { Bundle } from '#domain/manifest.ts';
import { toShard } from '#domain/names.ts';
import type { ExpectedApp } from '#domain/ports/plugins.ts';
import type { TargetRow } from '#domain/status.ts';
import type { WatchSteps } from '#domain/steps.ts';
import { watchEpochFact } from '#domain/watch-epoch.ts';
import { readKubeconfig } from './apply-manifests.ts';
import type { ActivityDeps } from './deps.ts';
import { GroupNews } from './group-news.ts';
import { type GroupView, loadGroupView } from './group-view.ts';
import { loadManyJson } from './json-blobs.ts';
import { toName } from './read-clusters.ts';

const sharedViewMs = 1000;

type WatchInput = Parameters<WatchSteps['watchClusters']>[0];

/** How often the fact is looked at that says whether something changed. */
const epochPollMs = 1000;

export async function watchClusters(deps: ActivityDeps, input: WatchInput, signal: AbortSignal): Promise<void> {
  const watching: Watching = {
    deps,
    loadView: rememberViews(deps),
    signal,
    news: new GroupNews(deps),
    pokes: new Map(),
  };
  const running = new Map<ClusterKey, AbortController>();
  let epoch: string | null = null;
  for (;;) {
    const now = await deps.store.facts.get(watchEpochFact);
    if (now !== epoch || epoch === null) {
      epoch = now ?? '';
      followClusters(watching, running, await findClusters(deps, input));
      for (const poke of watching.pokes.values()) poke();
    }
    await watching.news.flush();
    await sleep(epochPollMs, undefined, { signal });
  }
}

/** Starts watches of new clusters and ends those of clusters that are gone. */
function followClusters(
  watching: Watching,
  running: Map<ClusterKey, AbortController>,
  clusters: readonly ClusterKey[],
): void {
  for (const [cluster, controller] of running) {
    if (clusters.includes(cluster)) continue;
    controller.abort();
    running.delete(cluster);
  }
  for (const cluster of clusters.filter((key) => !running.has(key))) {
    const controller = new AbortController();
    running.set(cluster, controller);
    const ended = (): void => {
      if (running.get(cluster) === controller) running.delete(cluster);
      watching.pokes.delete(cluster);
    };
    const signal = AbortSignal.any([watching.signal, controller.signal]);
    watchOne({ ...watching, signal }, cluster).then(ended, (error: unknown) => {
      ended();
      if (!signal.aborted) watching.deps.log.warn({ cluster, detail: String(error) }, 'watch-ended');
    });
  }
}

/** Clusters of the shard that have a kubeconfig. */
async function findClusters(deps: ActivityDeps, { shard, shards }: WatchInput): Promise<readonly ClusterKey[]> {
  const { documents } = deps.store;
  const providers = await documents.list(documentKinds.clusterProvider, null);
  const all = await documents.listOfParents(
    documentKinds.cluster,
    providers.map((p) => p.key),
  );
  const nameOf = new Map(providers.map((p) => [p.key, toName(p)]));
  return all
    .filter((cluster) => cluster.files.length > 0)
    .map((cluster) => `${cluster.parent === null ? '' : nameOf.get(cluster.parent)}+${toName(cluster)}` as ClusterKey)
    .filter((key) => toShard(key, shards, deps.sha256) === shard);
}

interface Watching {
  readonly deps: ActivityDeps;
  readonly loadView: LoadView;
  readonly signal: AbortSignal;
  readonly news: GroupNews;
  /** Listeners of the running watches, by cluster. */
  readonly pokes: Map<ClusterKey, () => void>;
}

type LoadView = (group: GroupKey) => Promise<GroupView>;

/** Clusters of one group ask within the same moment; they share one look at the store. */
function rememberViews(deps: ActivityDeps): LoadView {
  const kept = new Map<GroupKey, { readonly until: number; readonly view: Promise<GroupView> }>();
  return (group) => {
    const known = kept.get(group);
    if (known !== undefined && known.until > deps.now()) return known.view;
    const view = loadGroupView(deps, group);
    kept.set(group, { until: deps.now() + sharedViewMs, view });
    return view;
  };
}

async function watchOne(watching: Watching, cluster: ClusterKey): Promise<void> {
  const { deps, signal } = watching;
  const { plans } = deps.store;
  const kubeconfig = await readKubeconfig(deps, cluster);
  await deps.watcher.watch({
    cluster,
    kubeconfig,
    signal,
    expected: () => toExpectedApps(watching, cluster),
    onPoke: (listener) => void watching.pokes.set(cluster, listener),
    report: async (observations) => {
      await plans.observe(observations);
      const gids = new Set(observations.map((o) => o.gid));
      await watching.news.about(cluster, (gid) => gids.has(gid));
    },
    connectivity: async (state, message) => {
      await plans.setConnectivity(cluster, state, message);
      await watching.news.about(cluster, () => true);
    },
  });
}

async function toExpectedApps({ deps, loadView }: Watching, cluster: ClusterKey): Promise<readonly ExpectedApp[]> {
  const groups = await deps.store.plans.groupsOn(cluster);
  const apps = await Promise.all(
    groups.map(async ({ group, gid }) => toAppsOfGroup(deps, { view: await loadView(group), gid, cluster })),
  );
  return apps.flat();
}

interface GroupOnCluster {
  readonly view: GroupView;
  readonly gid: string;
  readonly cluster: ClusterKey;
}

async function toAppsOfGroup(
  deps: ActivityDeps,
  { view, gid, cluster }: GroupOnCluster,
): Promise<readonly ExpectedApp[]> {
  const gitops = view.clusters.get(cluster)?.gitops ?? null;
  const rows = view.rows.filter((row) => row.cluster === cluster);
  const addresses = rows.map((row) => row.bundle).filter((address) => address !== null);
  const bundles = await loadManyJson<Bundle>(deps.store.blobs, addresses);
  const healthChecks = view.plan?.healthChecks;
  return rows.map((row) => {
    const bundle = row.bundle === null ? undefined : bundles.get(row.bundle);
    return {
      gid,
      app: row.app,
      delivery: gitops === null ? ('kubernetes' as const) : ('git' as const),
      provider: gitops?.type ?? '',
      ...(healthChecks === undefined ? {} : { healthChecks }),
      ...toHookIdentities(view, row),
      resources: [...(bundle?.crds ?? []), ...(bundle?.main ?? [])].map((file) => file.identity),
    };
  });
}

function toHookIdentities({ hookRuns }: GroupView, { hook }: TargetRow): Pick<ExpectedApp, 'hooks'> {
  const run = hook === null || hook.content === null ? undefined : hookRuns.get(hook.content);
  return run === undefined ? {} : { hooks: run.main.map(({ identity }) => identity) };
}
