/** How a patch's list goes into the original's. */
import { elementTypeOf, expectKey, isSame, placeOf } from './compare.ts';
import { toGoString, toGoText } from './go-text.ts';
import { type Fields, type Value, isFields } from './json.ts';
import { type Ordering, joinLists, splitList } from './order-list.ts';
import { type FieldSchema, type Schema, goKind } from './schema.ts';
import { StrategicMergeError } from './strategic-merge-error.ts';

export type MergeFields = (original: Fields, patch: Fields, schema: Schema) => Fields;

export interface ListMerge {
  readonly field: FieldSchema;
  /** Whether the patch lists scalars that are to go. */
  readonly isDeletion: boolean;
  readonly mergeFields: MergeFields;
  /** How many elements the original's list has room for; by default as many as Go gives a list that it reads. */
  readonly room?: number | undefined;
}

/**
 * The merged list. Changes `original` on the way, as kubectl does, because `$setElementOrder` looks at that list afterwards: what
 * a patch deletes leaves its place to the next new element.
 */
export function mergeList(original: Value[], patch: Value[], merge: ListMerge): Value[] {
  const { field, isDeletion, room = roomFor(original) } = merge;
  if (field.strategy !== 'merge' && !isDeletion) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  const elements = elementTypeOf(original, patch);
  const { mergeKey } = field;
  if (elements === 'map') {
    const { merged, additions, before } = mergeMaps(original, patch, merge);
    return order(merged, { mergeKey, elements, patchOrder: additions, originalOrder: before });
  }
  if (isDeletion) return original.filter((one) => !patch.includes(one));
  const merged = mergeScalars(original, patch, room);
  return order(merged, { mergeKey, elements, patchOrder: patch, originalOrder: original });
}

const order = (merged: readonly Value[], ordering: Ordering): Value[] =>
  joinLists(splitList(merged, ordering.patchOrder, ordering.mergeKey), ordering);

const roomFor = ({ length }: readonly Value[]): number => 2 ** Math.ceil(Math.log2(Math.max(length, 1)));

/**
 * Scalars without repetition: the place of one that goes is taken by the last. Where the original's list has room to grow, as Go
 * makes it, kubectl does this in place: it shows in the order when the original itself repeats a scalar.
 */
function mergeScalars(original: Value[], patch: readonly Value[], room: number): readonly Value[] {
  const both = [...original, ...patch];
  let count = both.length;
  for (let at = 0; at < count - 1; at += 1)
    for (let other = at + 1; other < count; other += 1) {
      if (!isSame(both[at], both[other])) continue;
      count -= 1;
      both[other] = both[count] ?? null;
      other -= 1;
    }
  if (both.length <= room) original.splice(0, original.length, ...both.slice(0, original.length));
  return both.slice(0, count);
}

interface MergedMaps {
  readonly merged: readonly Value[];
  /** What stays of the original. */
  readonly before: readonly Value[];
  /** The patch without the elements that carry a directive. */
  readonly additions: readonly Value[];
}

function mergeMaps(original: Value[], patch: readonly Value[], { field, mergeFields }: ListMerge): MergedMaps {
  const { mergeKey, schema } = field;
  if (mergeKey === '') throw new StrategicMergeError(`cannot merge lists without merge key for ${goKind(schema.type)}`);
  const { kept, replaces, plain } = applyDirectives(original, patch, mergeKey);
  if (replaces) return { merged: plain, additions: [], before: plain };
  const before = original.slice(0, kept);
  const merged = [...before];
  for (const element of plain) {
    const place = placeOf(merged, mergeKey, expectKey(element, mergeKey));
    const known = merged[place];
    if (isFields(known)) merged[place] = mergeFields(known, element, schema);
    else {
      if (merged.length < original.length) original[merged.length] = element;
      merged.push(element);
    }
  }
  return { merged, additions: plain, before };
}

interface Directed {
  /** How many elements of the original stay; they stand first in it. */
  readonly kept: number;
  readonly replaces: boolean;
  readonly plain: readonly Fields[];
}

function applyDirectives(original: Value[], patch: readonly Value[], mergeKey: string): Directed {
  const maps = patch.filter(isFields);
  let kept = original.length;
  for (const element of maps) {
    const directive = element.get('$patch');
    if (directive === 'delete') kept = removeAll(original, kept, { mergeKey, wanted: expectKey(element, mergeKey) });
    else if (directive === 'merge') throw new StrategicMergeError('merging lists cannot yet be specified in the patch');
    else if (directive !== undefined && directive !== 'replace') throw unknownDirective(directive, element);
  }
  const replaces = maps.some((element) => element.get('$patch') === 'replace');
  return { kept, replaces, plain: maps.filter((element) => !element.has('$patch')) };
}

interface Removal {
  readonly mergeKey: string;
  readonly wanted: Value;
}

/** Moves the elements that stay to the front, among the first `count`; how many these are. */
function removeAll(list: Value[], count: number, { mergeKey, wanted }: Removal): number {
  let kept = count;
  for (;;) {
    const place = placeOf(list.slice(0, kept), mergeKey, wanted);
    if (place < 0) return kept;
    list.copyWithin(place, place + 1, kept);
    kept -= 1;
  }
}

export const unknownDirective = (directive: Value, map: Fields): StrategicMergeError =>
  new StrategicMergeError(`unknown patch type: ${toGoString(directive)} in map: ${toGoText(map)}`);
