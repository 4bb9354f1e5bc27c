/** Look-ups in patch values: which URLs they need on which clusters, and the values in their place. */
import { type ClusterKey, toClusterRef } from '#domain/group.ts';
import type { ClusterInput, Customization, GenericResource } from '#domain/inputs.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import { asksLookUps, fillPlaceholders, toOperationLookUp } from '#domain/look-up.ts';
import type { CustomiseRequest, LookUp } from '#domain/ports/plugins.ts';
import { type ClusterIndex, toClusterIndex, toPlaces } from './cluster-hits.ts';
import type { Findings } from './findings.ts';
import type { ResolvedCustomization, ResolvedResource } from './resolved-resource.ts';
import { toCustomizationWords } from './words.ts';

export function findLookUps({
  clusters,
  resources,
}: Pick<CustomiseRequest, 'clusters' | 'resources'>): readonly LookUp[] {
  const index = toClusterIndex(clusters);
  const byUrl = new Map<string, LookUp>();
  for (const resource of resources) {
    for (const customization of resource.customizations.filter(asksLookUps)) {
      const object = toCustomizationWords(customization, resource);
      for (const cluster of toClusters(customization, clusters, index))
        for (const url of toUrls(customization, cluster)) if (!byUrl.has(url)) byUrl.set(url, { url, object });
    }
  }
  return [...byUrl.values()];
}

interface Resolving {
  readonly request: Pick<CustomiseRequest, 'clusters' | 'resources' | 'lookUps'>;
  readonly index: ClusterIndex;
  readonly findings: Findings;
}

/** The resources with values in place of look-ups: one customization becomes as many as it has different values. */
export function resolveResources(resolving: Resolving): readonly ResolvedResource[] {
  return resolving.request.resources.map((resource) =>
    resource.customizations.some(asksLookUps)
      ? { ...resource, customizations: resource.customizations.flatMap((one) => resolve(resolving, resource, one)) }
      : resource,
  );
}

function resolve(
  { request, index, findings }: Resolving,
  resource: GenericResource,
  customization: Customization,
): readonly ResolvedCustomization[] {
  if (!asksLookUps(customization)) return [customization];
  const clusters = toClusters(customization, request.clusters, index);
  // Kept as it is where it meets no cluster, so that the plan can say so.
  if (clusters.length === 0) return [customization];
  const byValues = new Map<string, { readonly keys: ClusterKey[]; readonly values: readonly Json[] }>();
  for (const cluster of clusters) {
    const urls = toUrls(customization, cluster);
    if (!urls.every((url) => request.lookUps.has(url)))
      findings.report(toCustomizationWords(customization, resource), 'what its look-ups give, found none', [cluster]);
    const values = urls.map((url) => request.lookUps.get(url) ?? null);
    const text = JSON.stringify(values);
    const same = byValues.get(text);
    if (same === undefined) byValues.set(text, { keys: [cluster], values });
    else same.keys.push(cluster);
  }
  return [...byValues.values()].map(({ keys, values }) => ({
    ...customization,
    patchJson: putValues(customization.patchJson, values),
    clusters: { scope: 'keys', keys },
  }));
}

const toClusters = (
  { clusters: filter }: Customization,
  clusters: readonly ClusterInput[],
  index: ClusterIndex,
): readonly ClusterKey[] => {
  const keys = clusters.map(({ key }) => key);
  return filter === null ? keys : toPlaces(filter, index).flatMap((place) => keys[place] ?? []);
};

/** In order of the operations. What clusterInfo says explicitly wins over the cluster at hand, unless it says where not. */
function toUrls({ clusters: filter, patchJson }: Customization, cluster: ClusterKey): readonly string[] {
  const target = toClusterRef(cluster);
  const named = filter?.mode === 'allow' && filter.cluster !== '' ? { ...target, cluster: filter.cluster } : target;
  return patchJson.flatMap((operation) => {
    const url = toOperationLookUp(operation);
    return url === null ? [] : [fillPlaceholders(url, named)];
  });
}

function putValues(patchJson: readonly JsonObject[], values: readonly Json[]): readonly JsonObject[] {
  const waiting = [...values];
  return patchJson.map((operation) =>
    toOperationLookUp(operation) === null ? operation : { ...operation, value: waiting.shift() ?? null },
  );
}
