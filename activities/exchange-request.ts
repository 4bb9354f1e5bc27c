/** The request that a controller of one's own is asked: what it may know, and nothing else. */
import { documentKinds } from '#domain/document-kinds.ts';
import {
  type CustomiseRequest,
  type ExchangeCluster,
  type ExchangeHead,
  type ExchangeRequest,
  exchangeVersion,
  type PlaceRequest,
  toExchangeGroup,
} from '#domain/exchange.ts';
import { toFullBody } from '#domain/document-secrets.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { GroupInputs } from '#domain/inputs.ts';
import type { Manifests } from '#domain/manifest-variants.ts';
import type { AppCandidates } from '#domain/placement.ts';
import type { AskStep } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { loadJson } from './json-blobs.ts';
import { toClusterDocument, toKeyValues, toName } from './read-clusters.ts';

export async function makeRequest(deps: ActivityDeps, step: AskStep): Promise<ExchangeRequest> {
  const group = await loadJson<GroupInputs>(deps.store.blobs, step.inputs);
  return step.call.activity === 'place' ? toPlaceRequest(deps, step, group) : toCustomiseRequest(deps, step, group);
}

/** The group whose plan it will be: in a migration the target's. */
const toHead = ({ call, operationId, operation, kind, revision }: AskStep, { group }: GroupInputs): ExchangeHead => ({
  apiVersion: exchangeVersion,
  controller: call.controller,
  intent: call.intent,
  group: toExchangeGroup(group),
  operation: { id: operationId, number: operation, kind },
  revision,
});

async function toPlaceRequest(deps: ActivityDeps, step: AskStep, group: GroupInputs): Promise<PlaceRequest> {
  const candidates = await loadJson<readonly AppCandidates[]>(deps.store.blobs, step.value);
  const apps = candidates.map(({ app, allOf, anyOf }) => ({
    app,
    allOf: allOf.map(({ cluster }) => cluster),
    anyOf: anyOf.map(({ candidates }) => candidates),
  }));
  const clusters = await describe(
    deps,
    group,
    apps.flatMap(({ allOf, anyOf }) => [...allOf, ...anyOf.flat()]),
  );
  return { ...toHead(step, group), kind: 'PlaceRequest', logicalCloud: toCloud(group), clusters, apps };
}

async function toCustomiseRequest(deps: ActivityDeps, step: AskStep, group: GroupInputs): Promise<CustomiseRequest> {
  const { objects, apps } = await loadJson<Manifests>(deps.store.blobs, step.value);
  const clusters = await describe(
    deps,
    group,
    apps.flatMap(({ variants }) => variants.flatMap((one) => one.clusters)),
  );
  return {
    ...toHead(step, group),
    kind: 'CustomiseRequest',
    logicalCloud: toCloud(group),
    release: group.release,
    clusters,
    objects,
    apps: apps.map(({ app, variants }) => ({ app, variants })),
  };
}

const toCloud = ({ logicalCloud: { name, namespace } }: GroupInputs) => ({ name, namespace });

/** Labels as the plan's inputs have them; the values of clusters are read here, since nobody else needs them. */
async function describe(
  { store }: ActivityDeps,
  { clusters }: GroupInputs,
  wanted: readonly ClusterKey[],
): Promise<readonly ExchangeCluster[]> {
  const keys = [...new Set(wanted)].toSorted();
  const labels = new Map(clusters.map((cluster) => [cluster.key, cluster.labels]));
  const documents = await store.documents.listOfParents(documentKinds.clusterKv, keys.map(toClusterDocument));
  const byCluster = Map.groupBy(documents, ({ parent }) => parent);
  return keys.map((cluster) => {
    const own = byCluster.get(toClusterDocument(cluster)) ?? [];
    const kv = Object.fromEntries(own.map((one) => [toName(one), toKeyValues(toFullBody(one))]));
    return { cluster, labels: labels.get(cluster) ?? [], kv };
  });
}
