/** For groups with action controllers of their own: manifests go from controller to controller, then into bundles. */
import type { GroupInputs } from '#domain/inputs.ts';
import type { Json } from '#domain/json.ts';
import type { RenderedApp } from '#domain/manifest.ts';
import { type GatheredApp, gatherManifests, type Manifests, toGathered } from '#domain/manifest-variants.ts';
import type { Placement } from '#domain/plan.ts';
import type { GroupSteps } from '#domain/steps.ts';
import { bundleVariants, customiseApp } from './bundle-app.ts';
import type { AppBundles } from './app-bundles.ts';
import { loadLookUps } from './customise-manifests.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson, saveJson, toSortedIndex } from './json-blobs.ts';
import { loadRendered } from './render-charts.ts';

type GatherInput = Parameters<GroupSteps['gatherManifests']>[0];

/** One variant an app: what its chart gave, on all its clusters. */
export async function gatherRendered(
  deps: ActivityDeps,
  input: GatherInput,
): ReturnType<GroupSteps['gatherManifests']> {
  const { blobs } = deps.store;
  const placement = await loadJson<Placement>(blobs, input.placement);
  const rendered = await loadRendered(deps, input.rendered);
  const apps = placement.map(({ app, choices }): GatheredApp => {
    const clusters = choices.map(({ cluster }) => cluster);
    return { app, variants: [{ clusters, objects: rendered.of(app).own.objects }], warnings: [] };
  });
  return { manifests: await saveJson(blobs, gatherManifests(apps)) };
}

type ChangeInput = Parameters<GroupSteps['changeByIntents']>[0];

export async function changeByIntents(
  deps: ActivityDeps,
  input: ChangeInput,
  signal: AbortSignal,
): ReturnType<GroupSteps['changeByIntents']> {
  const { blobs } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, input.inputs);
  const lookUps = (await loadLookUps(blobs, input.lookUps))?.values ?? null;
  const apps: GatheredApp[] = [];
  for (const app of toGathered(await loadJson<Manifests>(blobs, input.manifests))) {
    signal.throwIfAborted();
    apps.push(await changeApp(deps, { group, lookUps }, app));
  }
  return { manifests: await saveJson(blobs, gatherManifests(apps)) };
}

/** The built-in controller is a function of objects and clusters: it acts on each variant by itself. */
async function changeApp(
  deps: ActivityDeps,
  { group, lookUps }: { readonly group: GroupInputs; readonly lookUps: ReadonlyMap<string, Json> | null },
  app: GatheredApp,
): Promise<GatheredApp> {
  const changed: GatheredApp['variants'][number][] = [];
  const warned = new Map<string, number>();
  const total = app.variants.reduce((sum, { clusters }) => sum + clusters.length, 0);
  for (const { clusters: keys, objects } of app.variants) {
    const chosen = new Set(keys);
    const clusters = group.clusters.filter(({ key }) => chosen.has(key));
    const { variants, warnings } = await customiseApp(deps, { group, app: app.app, objects, clusters, lookUps });
    changed.push(...variants);
    for (const warning of warnings) warned.set(warning, (warned.get(warning) ?? 0) + keys.length);
  }
  const warnings = [...warned].map(([warning, count]) =>
    count === total ? warning : `${warning} (among ${count} of its ${total} clusters)`,
  );
  return { app: app.app, variants: changed, warnings: [...app.warnings, ...warnings] };
}

type BundleInput = Parameters<GroupSteps['bundleManifests']>[0];

export async function bundleManifests(
  deps: ActivityDeps,
  input: BundleInput,
  signal: AbortSignal,
): ReturnType<GroupSteps['bundleManifests']> {
  const { blobs } = deps.store;
  const group = await loadJson<GroupInputs>(blobs, input.inputs);
  const manifests = await loadJson<Manifests>(blobs, input.manifests);
  const rendered = await loadRendered(deps, input.rendered);
  const planCrds = rendered.apps.flatMap((app: RenderedApp) => app.crds);
  const index: Record<string, AppBundles> = {};
  const addresses = new Set<string>();
  for (const { app, variants, warnings } of toGathered(manifests)) {
    signal.throwIfAborted();
    const made = await bundleVariants(deps, { group, app, own: rendered.of(app).own, planCrds, variants, warnings });
    index[app] = made;
    for (const { bundle } of made.variants) addresses.add(bundle);
  }
  return { bundles: await saveJson(blobs, toSortedIndex(index)), count: addresses.size };
}
