/** The bundles of one app for its clusters, and the memory of what an operation before made of the same inputs. */
import { makeBundler } from '#domain/bundle.ts';
import { orThrow } from '#domain/failure.ts';
import { toBundleHook } from '#domain/hooks.ts';
import type { ClusterInput, GenericResource, GroupInputs } from '#domain/inputs.ts';
import { type Json, toCanonicalJson } from '#domain/json.ts';
import { type Bundle, type RenderedApp, toIdentityKey } from '#domain/manifest.ts';
import type { BundleRecord } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Customiser } from '#domain/ports/plugins.ts';
import type { AppBundles } from './app-bundles.ts';
import type { ActivityDeps } from './deps.ts';
import { toKeepAnnotations } from './hook-runs.ts';
import { loadJson, toBytes } from './json-blobs.ts';

export interface AppWork {
  readonly group: GroupInputs;
  readonly app: string;
  /** Address of `own`. */
  readonly rendered: BlobAddress;
  readonly own: RenderedApp;
  /** CRDs of all apps of the plan. */
  readonly planCrds: RenderedApp['crds'];
  readonly clusters: readonly ClusterInput[];
  /** Null when no app has look-ups. */
  readonly lookUps: { readonly digest: BlobAddress; readonly values: ReadonlyMap<string, Json> } | null;
}

/** An app of which nothing changed is not customised again. */
export async function bundleApp(deps: ActivityDeps, work: AppWork): Promise<AppBundles> {
  const place = `${work.group.group} ${work.app}`;
  const key = toKey(deps, work);
  const recalled = await recall(deps, place, key);
  if (recalled !== null) return recalled;
  const made = await makeBundles(deps, work);
  deps.bundled.remember(place, { key, value: made });
  return made;
}

function toKey({ sha256 }: ActivityDeps, { group, app, rendered, planCrds, clusters, lookUps }: AppWork): string {
  const { gid, logicalCloud, resources } = group;
  const lookedUp = group.lookUpApps.includes(app) ? (lookUps?.digest ?? null) : null;
  const own = { resources: resources[app] ?? null, lookedUp };
  const parts = { gid, rendered, planCrds, ...own, namespace: logicalCloud.namespace };
  return sha256(toCanonicalJson({ ...parts, clusters: clusters.map((cluster) => JSON.stringify(cluster)) }));
}

/** Only what is still stored as a whole counts. */
async function recall({ bundled, store }: ActivityDeps, place: string, key: string): Promise<AppBundles | null> {
  const known = bundled.recall(place);
  if (known?.key !== key) return null;
  const addresses = [...new Set(known.value.variants.map(({ bundle }) => bundle))];
  return (await store.plans.countBundles(addresses)) === addresses.length ? known.value : null;
}

async function makeBundles(deps: ActivityDeps, work: AppWork): Promise<AppBundles> {
  const { group, app, own, planCrds, clusters } = work;
  const lookUps = work.lookUps?.values ?? null;
  const { variants, warnings } = await customiseApp(deps, { group, app, objects: own.objects, clusters, lookUps });
  return bundleVariants(deps, { group, app, own, planCrds, variants, warnings });
}

type AppObjects = Pick<AppWork, 'group' | 'app' | 'clusters'> & {
  readonly objects: RenderedApp['objects'];
  /** Values by URL; null when no app has look-ups. */
  readonly lookUps: ReadonlyMap<string, Json> | null;
};

/** What the built-in controller makes of an app's objects on some of its clusters. */
export async function customiseApp(
  deps: ActivityDeps,
  { group, app, objects, clusters, lookUps }: AppObjects,
): Promise<ReturnType<Customiser['customise']>> {
  const address = group.resources[app];
  const resources = address === undefined ? [] : await loadJson<GenericResource[]>(deps.store.blobs, address);
  const files = await loadFiles(deps, resources);
  return deps.customiser.customise({ app, objects, clusters, resources, files, lookUps: lookUps ?? new Map() });
}

type AppVariants = Pick<AppWork, 'group' | 'app' | 'own' | 'planCrds'> & ReturnType<Customiser['customise']>;

/** Stores the bundles and what is kept beside them. */
export async function bundleVariants(
  deps: ActivityDeps,
  { group, app, own, planCrds, variants, warnings }: AppVariants,
): Promise<AppBundles> {
  const { toYaml, sha256 } = deps;
  const { namespace } = group.logicalCloud;
  const keepAnnotations = toKeepAnnotations(deps);
  const toBundle = makeBundler({ gid: group.gid, app, namespace, planCrds, toYaml, sha256, keepAnnotations });
  const bundles = variants.map((one) => orThrow(toBundle({ crds: own.crds, objects: one.objects, hooks: own.hooks })));
  const addresses = await deps.store.blobs.putMany(bundles.map(toBytes));
  const records = new Map<BlobAddress, BundleRecord>();
  const indexed = variants.flatMap(({ clusters: keys }, at) => {
    const [bundle, stored] = [bundles[at], addresses[at]];
    if (bundle === undefined || stored === undefined) return [];
    records.set(stored, toRecord(deps, stored, bundle));
    return [{ bundle: stored, clusters: keys }];
  });
  await deps.store.plans.putBundles([...records.values()]);
  return { variants: indexed, warnings };
}

async function loadFiles(
  deps: ActivityDeps,
  resources: readonly GenericResource[],
): Promise<ReadonlyMap<BlobAddress, Uint8Array>> {
  const addresses = resources.flatMap((resource) => [
    ...(resource.template === null ? [] : [resource.template]),
    ...resource.customizations.flatMap((c) => c.files.map((file) => file.content)),
  ]);
  return deps.store.blobs.getMany([...new Set(addresses)]);
}

export function toRecord(
  { toTreeId }: Pick<ActivityDeps, 'toTreeId'>,
  address: BlobAddress,
  bundle: Bundle,
): BundleRecord {
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
    hooks: bundle.hooks.map(toBundleHook),
    hasSecret: [...objects, ...bundle.hooks].some(
      ({ identity }) => identity.kind === 'Secret' && identity.group === '',
    ),
  };
}
