import { isJsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { toSpec, toText } from './read-clusters.ts';

/** Names under a key of the groups' intents: `{"genericPlacementIntent": "gpi", "gac": "g1"}`. */
export function toIntentNames(
  intents: readonly StoredDocument[],
  isWanted: (key: string) => boolean,
): readonly string[] {
  return intents.flatMap((intent) => {
    const map = toSpec(intent)['intent'];
    if (!isJsonObject(map)) return [];
    return Object.entries(map).flatMap(([key, name]) => (isWanted(key) ? [toText(name)] : []));
  });
}
