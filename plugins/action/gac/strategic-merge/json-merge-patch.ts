import { type Fields, type JsonObject, fromFields, isFields, toFields } from './json.ts';

/**
 * The object after a JSON merge patch (RFC 7386): maps merge, null deletes, lists and scalars are replaced. It is for kinds
 * without a schema, such as custom resources. Changes neither argument.
 * @throws StrategicMergeError beyond 1,000 levels of nesting
 */
export function jsonMergePatch(original: JsonObject, patch: JsonObject): JsonObject {
  return fromFields(merge(toFields(original), toFields(patch)));
}

function merge(original: Fields, patch: Fields): Fields {
  for (const [name, value] of patch) {
    const known = original.get(name);
    if (value === null) original.delete(name);
    else if (isFields(value)) original.set(name, merge(isFields(known) ? known : new Map(), value));
    else original.set(name, value);
  }
  return original;
}
