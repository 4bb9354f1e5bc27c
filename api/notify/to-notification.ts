/** What a status says, as EMCO's notification says it. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { AppStatus, ClusterStatus, Notification, Registration, StatusValue } from './protocol.ts';

const running: ReadonlySet<Json | undefined> = new Set(['Instantiated', 'Updated']);

/** @param status the body of `GET …/status` in the form that was asked for */
export function toNotification(status: JsonObject, { statusType, output, lcKey }: Registration): Notification {
  const isReady = statusType === 'READY';
  const isUp = running.has(status['deployedStatus']) && (!isReady || status['readyStatus'] === 'Ready');
  const apps = output === 'ALL' ? toObjects(status['apps']).map((app) => toApp(app, isReady)) : [];
  // A cloud has no apps: its clusters stand alone.
  const details =
    lcKey === undefined
      ? apps.map((app) => ({ app }))
      : apps.flatMap((app) => app.clusters.map((cluster) => ({ cluster })));
  return { statusValue: toValue(isUp, isReady), details };
}

function toValue(isUp: boolean, isReady: boolean): StatusValue {
  if (isReady) return isUp ? 'READY' : 'NOT_READY';
  return isUp ? 'DEPLOYED' : 'NOT_DEPLOYED';
}

function toApp(app: JsonObject, isReady: boolean): AppStatus {
  const clusters = toObjects(app['clusters']).map((cluster) => toCluster(cluster, isReady));
  return { app: toText(app['name']), statusValue: toWhole(clusters, isReady), clusters };
}

function toCluster(cluster: JsonObject, isReady: boolean): ClusterStatus {
  const [word, wanted] = isReady ? (['readyStatus', 'Ready'] as const) : (['deployedStatus', 'Applied'] as const);
  const resources = toObjects(cluster['resources'])
    // Nobody says whether an object without a word is ready.
    .filter((resource) => resource[word] !== undefined)
    .map((resource) => ({
      name: toText(resource['name']),
      gvk: toGvk(resource['GVK']),
      statusValue: toValue(resource[word] === wanted, isReady),
    }));
  const names = { clusterProvider: toText(cluster['clusterProvider']), cluster: toText(cluster['cluster']) };
  return { ...names, statusValue: toWhole(resources, isReady), resources };
}

/** A whole is as its parts are all. */
const toWhole = (parts: readonly { readonly statusValue: StatusValue }[], isReady: boolean): StatusValue =>
  toValue(
    parts.every(({ statusValue }) => statusValue === toValue(true, isReady)),
    isReady,
  );

function toGvk(value: Json | undefined): ClusterStatus['resources'][number]['gvk'] {
  const gvk = isJsonObject(value) ? value : {};
  return { group: toText(gvk['Group']), version: toText(gvk['Version']), kind: toText(gvk['Kind']) };
}

const toObjects = (value: Json | undefined): readonly JsonObject[] =>
  (Array.isArray(value) ? value : []).filter(isJsonObject);

const toText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
