/** EMCO's checks of a placement, in its order; the first finding is the answer. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

export function checkAppIntent(body: JsonObject): readonly string[] {
  const spec = toMembers(body['spec']);
  const intent = toMembers(spec['intent']);
  const places = [...toPlaces(intent['allOf']), ...toPlaces(intent['anyOf'])];
  const finding = places.map(checkPlace).find((text) => text !== null);
  if (finding !== undefined) return [finding];
  if (isBlank(spec['app'])) return ['Missing app for the intent'];
  return isBlank(toMembers(body['metadata'])['name']) ? ['Missing name for the intent'] : [];
}

function checkPlace(place: JsonObject): string | null {
  const nested = toPlaces(place['anyOf']);
  const hasCluster = !isBlank(place['cluster']);
  const hasLabel = !isBlank(place['clusterLabel']);
  if (nested.length > 0) {
    if (hasCluster || hasLabel) return 'Only one of cluster, cluster label or anyOf allowed';
    return nested.map(checkPlace).find((text) => text !== null) ?? null;
  }
  if (isBlank(place['clusterProvider'])) return 'Missing clusterProvider in an intent';
  if (!hasCluster && !hasLabel) return 'Missing cluster or clusterLabel';
  return hasCluster && hasLabel ? 'Only one of cluster name or cluster label allowed' : null;
}

const isBlank = (value: Json | undefined): boolean => value === undefined || value === null || value === '';

const toMembers = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const toPlaces = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.map((each: Json) => toMembers(each)) : [];
