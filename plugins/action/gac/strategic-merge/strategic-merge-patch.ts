import { type JsonObject, fromFields, toFields } from './json.ts';
import { mergeFields } from './merge-fields.ts';
import type { Schema } from './schema.ts';

/**
 * The object after a strategic merge patch, as Kubernetes and `kubectl patch --local --type strategic` apply it. Takes parsed
 * JSON, changes neither argument and returns a value that shares nothing with them. What it gives may lack `kind` or
 * `metadata`: a patch may delete them.
 * @throws StrategicMergeError for what kubectl refuses, with its message
 */
export function strategicMergePatch(original: JsonObject, patch: JsonObject, schema: Schema): JsonObject {
  return fromFields(mergeFields(toFields(original), toFields(patch), schema));
}
