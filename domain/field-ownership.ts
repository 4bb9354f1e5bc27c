/** Whose the fields of a live object are, by its `managedFields`: how an edit by another hand is noticed. */
import { readObjects, readText } from './health-fields.ts';
import { isJsonObject, toCanonicalJson } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Sha256 } from './names.ts';

/** Under this name we apply. */
export const fieldManager = 'emco';

/**
 * Short digest of the fields that are ours by server-side apply; empty when none is. Whoever changes or deletes one of
 * them takes it away from us, so the digest differs; fields of others never matter.
 */
export function toOwnedFields(object: JsonObject, sha256: Sha256): string {
  const own = readObjects(object, 'metadata', 'managedFields').find(isOurs);
  const fields = own?.['fieldsV1'];
  return isJsonObject(fields) ? sha256(toCanonicalJson(fields)).slice(0, 8) : '';
}

/** Who wrote last besides us; status and scale are written by controllers under names of their own. */
export function toLastWriter(object: JsonObject): string {
  const others = readObjects(object, 'metadata', 'managedFields')
    .filter((entry) => !isOurs(entry) && readText(entry, 'subresource') !== 'status')
    .map((entry) => ({ manager: readText(entry, 'manager'), time: readText(entry, 'time') }));
  const last = others.reduce<{ manager: string; time: string } | null>(
    (latest, one) => (latest === null || one.time >= latest.time ? one : latest),
    null,
  );
  return last?.manager ?? '';
}

const isOurs = (entry: JsonObject): boolean =>
  entry['manager'] === fieldManager && entry['operation'] === 'Apply' && readText(entry, 'subresource') === '';

/** Digests of owned fields by identity key, as one annotation: sixteen characters an object. */
export const toOwnershipText = (owned: ReadonlyMap<string, string>, sha256: Sha256): string =>
  [...owned]
    .map(([key, fields]) => `${sha256(key).slice(0, 8)}${fields}`)
    .sort()
    .join(',');

/** What `toOwnershipText` wrote for an identity; empty when nothing. */
export const readOwnership = (text: string, sha256: Sha256): ((identityKey: string) => string) => {
  const fields = new Map(text.split(',').map((entry) => [entry.slice(0, 8), entry.slice(8)]));
  return (identityKey) => fields.get(sha256(identityKey).slice(0, 8)) ?? '';
};
