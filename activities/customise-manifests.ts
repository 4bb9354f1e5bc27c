/** Per-cluster differences: every distinct variant of an app becomes one content-addressed bundle. */
import { orThrow } from '#domain/failure.ts';
import { makeBundler } from '#domain/bundle.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { ClusterInput, GroupInputs } from '#domain/inputs.ts';
import { type Bundle, type RenderedApp, toIdentityKey } from '#domain/manifest.ts';
import type { BundleRecord, Placement } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { GroupSteps } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, loadManyJson, saveJson, toBytes } from './json-blobs.ts';
import type { RenderedIndex } from './render-charts.ts';

/** Bundles of every app and the clusters that get them. */
export type BundleIndex = Readonly<Record<string, AppBundles>>;

export interface AppBundles {
  readonly variants: readonly { readonly bundle: BlobAddress; readonly clusters: readonly ClusterKey[] }[];
  readonly warnings: readonly string[];
}

type CustomiseInput = Parameters<GroupSteps['customiseManifests']>[0];

export async function customiseManifests(
  deps: ActivityDeps,
  input: CustomiseInput,
  signal: AbortSignal,
): ReturnType<GroupSteps['customiseManifests']> {
  const { blobs, plans } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, input.inputs);
  const placement = await loadJson<Placement>(blobs, input.placement);
  const rendered = await loadRendered(deps, await loadJson<RenderedIndex>(blobs, input.rendered));
  const index: Record<string, AppBundles> = {};
  const addresses = new Set<BlobAddress>();
  for (const { app, choices } of placement) {
    signal.throwIfAborted();
    const clusters = new Set(choices.map((choice) => choice.cluster));
    const made = await bundleApp(deps, {
      group,
      app,
      rendered,
      clusters: group.clusters.filter((c) => clusters.has(c.key)),
    });
    await plans.putBundles(made.records);
    index[app] = made.bundles;
    for (const record of made.records) addresses.add(record.address);
  }
  return { bundles: await saveJson(blobs, index satisfies BundleIndex), count: addresses.size };
}

type RenderedApps = ReadonlyMap<string, RenderedApp>;

async function loadRendered(deps: ActivityDeps, index: RenderedIndex): Promise<RenderedApps> {
  const values = await loadManyJson<RenderedApp>(deps.store.blobs, Object.values(index));
  return new Map(
    Object.entries(index).flatMap(([app, address]) => {
      const value = values.get(address);
      return value === undefined ? [] : [[app, value] as const];
    }),
  );
}

interface AppWork {
  readonly group: GroupInputs;
  readonly app: string;
  readonly rendered: RenderedApps;
  readonly clusters: readonly ClusterInput[];
}

async function bundleApp(
  deps: ActivityDeps,
  { group, app, rendered, clusters }: AppWork,
): Promise<{ bundles: AppBundles; records: readonly BundleRecord[] }> {
  const own = rendered.get(app) ?? { app, crds: [], objects: [], hooks: [], warnings: [] };
  const resources = group.resources.filter((resource) => resource.app === app);
  const files = await loadFiles(deps, resources);
  const { variants, warnings } = deps.customiser.customise({ app, objects: own.objects, clusters, resources, files });
  const planCrds = [...rendered.values()].flatMap((other) => other.crds);
  const toBundle = makeBundler({
    gid: group.gid,
    app,
    namespace: group.logicalCloud.namespace,
    planCrds,
    toYaml: deps.toYaml,
    sha256: deps.sha256,
  });
  const bundles = variants.map(({ objects }) => orThrow(toBundle({ crds: own.crds, objects, hooks: own.hooks })));
  const addresses = await deps.store.blobs.putMany(bundles.map(toBytes));
  const records = new Map<BlobAddress, BundleRecord>();
  const indexed = variants.flatMap(({ clusters: keys }, at) => {
    const [bundle, address] = [bundles[at], addresses[at]];
    if (bundle === undefined || address === undefined) return [];
    records.set(address, toRecord(deps, address, bundle));
    return [{ bundle: address, clusters: keys }];
  });
  return { bundles: { variants: indexed, warnings }, records: [...records.values()] };
}

async function loadFiles(
  deps: ActivityDeps,
  resources: GroupInputs['resources'],
): Promise<ReadonlyMap<BlobAddress, Uint8Array>> {
  const addresses = resources.flatMap((resource) => [
    ...(resource.template === null ? [] : [resource.template]),
    ...resource.customizations.flatMap((c) => c.files.map((file) => file.content)),
  ]);
  return deps.store.blobs.getMany([...new Set(addresses)]);
}

function toRecord({ toTreeId }: ActivityDeps, address: BlobAddress, bundle: Bundle): BundleRecord {
  const objects = [...bundle.crds, ...bundle.main];
  return {
    address,
    trees: {
      main: bundle.main.length === 0 ? null : toTreeId(bundle.main),
      crds: bundle.crds.length === 0 ? null : toTreeId(bundle.crds),
    },
    // CRDs are the cluster's and may be shared; `checkPlan` compares their versions.
    identities: bundle.main.map((file) => toIdentityKey(file.identity)).toSorted(),
    objectCount: objects.length,
    hookCount: bundle.hooks.length,
    hasSecret: objects.some(({ identity }) => identity.kind === 'Secret' && identity.group === ''),
  };
}
