/** The manifests of all apps between two controllers: every distinct object once, clusters with the same objects together. */
import type { ClusterKey } from './group.ts';
import { toCanonicalJson } from './json.ts';
import type { KubernetesObject } from './manifest.ts';

/** Clusters and the places of their objects in `Manifests.objects`. */
export interface ManifestVariant {
  readonly clusters: readonly ClusterKey[];
  readonly objects: readonly number[];
}

export interface AppManifests {
  readonly app: string;
  readonly variants: readonly ManifestVariant[];
  readonly warnings: readonly string[];
}

export interface Manifests {
  readonly objects: readonly KubernetesObject[];
  readonly apps: readonly AppManifests[];
}

/** An app whose objects are at hand. */
export interface GatheredApp {
  readonly app: string;
  readonly variants: readonly {
    readonly clusters: readonly ClusterKey[];
    readonly objects: readonly KubernetesObject[];
  }[];
  readonly warnings: readonly string[];
}

/** Objects are equal when their canonical JSON is; one that stands in many variants is looked at once. */
export function gatherManifests(apps: readonly GatheredApp[]): Manifests {
  const objects: KubernetesObject[] = [];
  const byText = new Map<string, number>();
  const byObject = new Map<KubernetesObject, number>();
  const placeOf = (object: KubernetesObject): number => {
    const known = byObject.get(object);
    if (known !== undefined) return known;
    const text = toCanonicalJson(object);
    const place = byText.get(text) ?? objects.push(object) - 1;
    byText.set(text, place);
    byObject.set(object, place);
    return place;
  };
  const gathered = apps.map(({ app, variants, warnings }) => ({
    app,
    variants: mergeEqual(variants.map((one) => ({ clusters: one.clusters, objects: one.objects.map(placeOf) }))),
    warnings,
  }));
  return { objects, apps: gathered };
}

function mergeEqual(variants: readonly ManifestVariant[]): readonly ManifestVariant[] {
  return [...Map.groupBy(variants, ({ objects }) => objects.join(' ')).values()]
    .map((equal) => ({
      clusters: equal.flatMap(({ clusters }) => clusters).toSorted(),
      objects: equal[0]?.objects ?? [],
    }))
    .toSorted((one, other) => ((one.clusters[0] ?? '') < (other.clusters[0] ?? '') ? -1 : 1));
}

/** Variants share their objects, so that what is equal is made into text once. */
export const toGathered = ({ objects, apps }: Manifests): readonly GatheredApp[] =>
  apps.map(({ app, variants, warnings }) => ({
    app,
    variants: variants.map((one) => ({
      clusters: one.clusters,
      objects: one.objects.flatMap((place) => objects[place] ?? []),
    })),
    warnings,
  }));
