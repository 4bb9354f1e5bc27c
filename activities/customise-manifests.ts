/** Per-cluster differences: every distinct variant of an app becomes one content-addressed bundle. */
import type { GroupInputs } from '#domain/inputs.ts';
import type { Placement } from '#domain/plan.ts';
import type { JsonObject } from '#domain/json.ts';
import type { BlobAddress, Blobs } from '#domain/ports/blobs.ts';
import type { GroupSteps } from '#domain/steps.ts';
import type { AppBundles } from './app-bundles.ts';
import { atATime } from './at-a-time.ts';
import { type AppWork, bundleApp } from './bundle-app.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, saveJson, toSortedIndex } from './json-blobs.ts';
import { loadRendered } from './render-charts.ts';

/** Bundles of every app and the clusters that get them. */
export type BundleIndex = Readonly<Record<string, AppBundles>>;

type CustomiseInput = Parameters<GroupSteps['customiseManifests']>[0];

export async function customiseManifests(
  deps: ActivityDeps,
  input: CustomiseInput,
  signal: AbortSignal,
): ReturnType<GroupSteps['customiseManifests']> {
  const { blobs } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, input.inputs);
  const placement = await loadJson<Placement>(blobs, input.placement);
  const rendered = await loadRendered(deps, input.rendered);
  const planCrds = rendered.apps.flatMap((app) => app.crds);
  const lookUps = await loadLookUps(blobs, input.lookUps);
  const index: Record<string, AppBundles> = {};
  const addresses = new Set<BlobAddress>();
  const customise = async ({ app, choices }: Placement[number]): Promise<void> => {
    signal.throwIfAborted();
    const { address, own } = rendered.of(app);
    const chosen = new Set(choices.map((choice) => choice.cluster));
    const clusters = group.clusters.filter((cluster) => chosen.has(cluster.key));
    const made = await bundleApp(deps, { group, app, rendered: address, own, planCrds, clusters, lookUps });
    index[app] = made;
    for (const { bundle } of made.variants) addresses.add(bundle);
  };
  // Two at a time: one is stored while the next one is made.
  await atATime(2, placement, customise);
  return { bundles: await saveJson(blobs, toSortedIndex(index)), count: addresses.size };
}

export async function loadLookUps(blobs: Blobs, lookUps: CustomiseInput['lookUps']): Promise<AppWork['lookUps']> {
  if (lookUps === null) return null;
  const { digest } = lookUps;
  return { digest, values: new Map(Object.entries(await loadJson<JsonObject>(blobs, digest))) };
}
