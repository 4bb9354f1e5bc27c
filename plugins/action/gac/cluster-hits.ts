/** Which customizations meet on which cluster, found by index: the cost follows the hits, not clusters × customizations. */
import { type ClusterKey, toClusterKey } from '#domain/group.ts';
import type { ClusterFilter, ClusterInput } from '#domain/inputs.ts';
import type { ClusterSet, ResolvedResource } from './resolved-resource.ts';

/** A customization by its place: resource and customization in creation order; -1 for a resource without any. */
export interface Hit {
  readonly resource: number;
  readonly customization: number;
}

export interface ClusterGroup {
  readonly clusters: readonly ClusterKey[];
  /** By resource, then customization. */
  readonly hits: readonly Hit[];
}

export interface ClusterHits {
  /** Clusters that the same customizations meet, in order of their first cluster. */
  readonly groups: readonly ClusterGroup[];
  /** Customizations that meet no cluster of the app. */
  readonly idle: readonly Hit[];
}

export interface ClusterIndex {
  readonly byKey: ReadonlyMap<ClusterKey, number>;
  readonly byLabel: ReadonlyMap<string, readonly number[]>;
  readonly count: number;
}

export function toClusterHits(
  resources: readonly ResolvedResource[],
  clusters: readonly ClusterInput[],
  index: ClusterIndex,
): ClusterHits {
  const everywhere: Hit[] = [];
  const idle: Hit[] = [];
  const own: Hit[][] = clusters.map(() => []);
  for (const [resource, { customizations, newObject }] of resources.entries()) {
    if (customizations.length === 0 && newObject) everywhere.push({ resource, customization: -1 });
    for (const [customization, { clusters: filter }] of customizations.entries()) {
      const hit = { resource, customization };
      const places = filter === null ? null : toPlaces(filter, index);
      if (places === null) everywhere.push(hit);
      else if (places.length === 0) idle.push(hit);
      else for (const place of places) own[place]?.push(hit);
    }
  }
  return { groups: toGroups(clusters, own, everywhere), idle };
}

export function toClusterIndex(clusters: readonly ClusterInput[]): ClusterIndex {
  const byLabel = new Map<string, number[]>();
  for (const [place, { key, labels }] of clusters.entries()) {
    const provider = key.slice(0, key.indexOf('+'));
    for (const label of new Set(labels)) {
      const places = byLabel.get(`${provider} ${label}`);
      if (places) places.push(place);
      else byLabel.set(`${provider} ${label}`, [place]);
    }
  }
  return { byKey: new Map(clusters.map(({ key }, place) => [key, place])), byLabel, count: clusters.length };
}

/** As documented, not as EMCO does it: `deny` means all clusters but those that match, and the provider counts. */
export function toPlaces(filter: ClusterFilter | ClusterSet, index: ClusterIndex): readonly number[] {
  if (filter.scope === 'keys') return filter.keys.flatMap((key) => index.byKey.get(key) ?? []);
  const matches = toMatches(filter, index);
  if (filter.mode === 'allow') return matches;
  const denied = new Set(matches);
  return Array.from({ length: index.count }, (_, place) => place).filter((place) => !denied.has(place));
}

function toMatches(filter: ClusterFilter, index: ClusterIndex): readonly number[] {
  if (filter.scope === 'label') return index.byLabel.get(`${filter.provider} ${filter.label}`) ?? [];
  const place = index.byKey.get(toClusterKey(filter));
  return place === undefined ? [] : [place];
}

function toGroups(
  clusters: readonly ClusterInput[],
  own: readonly (readonly Hit[])[],
  everywhere: readonly Hit[],
): readonly ClusterGroup[] {
  const bySignature = new Map<string, { clusters: ClusterKey[]; own: readonly Hit[] }>();
  for (const [place, { key }] of clusters.entries()) {
    const hits = own[place] ?? [];
    const signature = hits.map((hit) => `${hit.resource}.${hit.customization}`).join(' ');
    const group = bySignature.get(signature);
    if (group) group.clusters.push(key);
    else bySignature.set(signature, { clusters: [key], own: hits });
  }
  return [...bySignature.values()].map((group) => ({
    clusters: group.clusters,
    hits: [...everywhere, ...group.own].sort(byCreation),
  }));
}

const byCreation = (a: Hit, b: Hit): number => a.resource - b.resource || a.customization - b.customization;
