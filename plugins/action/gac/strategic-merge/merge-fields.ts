/** How a patch's map goes into the original's. */
import { expectScalar } from './compare.ts';
import { toGoType } from './go-text.ts';
import { type Fields, type Value, isFields } from './json.ts';
import { mergeList, unknownDirective } from './merge-list.ts';
import { type Schema, findListField, findMapField } from './schema.ts';
import { applyElementOrders } from './set-element-order.ts';
import { StrategicMergeError } from './strategic-merge-error.ts';
import { discardNulls, withoutDirectives } from './without-directives.ts';

const deletionPrefix = '$deleteFromPrimitiveList';

/** Merges the patch into the original; both are consumed. @throws StrategicMergeError */
export function mergeFields(original: Fields, patch: Fields, schema: Schema): Fields {
  const directive = patch.get('$patch');
  if (directive !== undefined) return applyDirective(directive, patch);
  retainKeys(original, patch);
  applyElementOrders({ original, patch, schema, mergeFields });
  const rooms = new Map<string, number>();
  for (const [name, value] of patch) mergeField(original, { name, value, schema, rooms });
  return original;
}

function applyDirective(directive: Value, patch: Fields): Fields {
  if (directive === 'delete') return new Map();
  if (directive !== 'replace') throw unknownDirective(directive, patch);
  patch.delete('$patch');
  return patch;
}

interface PatchedField {
  readonly name: string;
  readonly value: Value;
  readonly schema: Schema;
  /** How many elements there is room for in lists that a deletion made shorter, by name. */
  readonly rooms: Map<string, number>;
}

function mergeField(original: Fields, { name: given, value, schema, rooms }: PatchedField): void {
  const isDeletion = given.startsWith(deletionPrefix);
  const name = isDeletion ? toListName(given) : given;
  const known = original.get(name);
  if (value === null) original.delete(name);
  else if (isFields(known) && isFields(value)) original.set(name, mergeMap(known, value, { name, schema }));
  else if (Array.isArray(known) && Array.isArray(value)) {
    const field = findListField(schema, name);
    original.set(name, mergeList(known, value, { field, isDeletion, mergeFields, room: rooms.get(name) }));
    if (isDeletion) rooms.set(name, known.length);
  } else if (!isDeletion || isSameScalar(known, value)) setField(original, name, value);
}

/** Where kubectl lets a deletion set the field. */
const isSameScalar = (known: Value | undefined, value: Value): boolean =>
  known !== undefined && typeof value !== 'object' && toGoType(known) === toGoType(value);

function toListName(given: string): string {
  if (!given.startsWith(`${deletionPrefix}/`)) throw new StrategicMergeError('invalid patch format of primitive list');
  return given.slice(deletionPrefix.length + 1) || given;
}

function mergeMap(known: Fields, value: Fields, { name, schema }: Pick<PatchedField, 'name' | 'schema'>): Fields {
  const field = findMapField(schema, name);
  return field.strategy === 'replace' ? value : mergeFields(known, value, field.schema);
}

/** Takes the patch's value as it is, but for nulls and for maps that carry a directive. */
function setField(original: Fields, name: string, value: Value): void {
  discardNulls(value);
  const kept = withoutDirectives(value);
  if (kept === undefined) original.delete(name);
  else original.set(name, kept);
}

/** `$retainKeys`: only the listed fields stay; the patch may set no others. */
function retainKeys(original: Fields, patch: Fields): void {
  const listed = patch.get('$retainKeys');
  if (listed === undefined) return;
  patch.delete('$retainKeys');
  const format = new StrategicMergeError('invalid patch format of retainKeys');
  if (!Array.isArray(listed)) throw format;
  const names = new Set(listed.map(expectScalar));
  const isDirective = (name: string): boolean => name.startsWith(deletionPrefix) || name.startsWith('$setElementOrder');
  if ([...patch].some(([name, value]) => value !== null && !isDirective(name) && !names.has(name))) throw format;
  for (const name of original.keys()) if (!names.has(name)) original.delete(name);
}
