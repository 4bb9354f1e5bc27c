/** What kubectl asks of values and lists before it merges them, with its messages. */
import { toGoText, toGoType } from './go-text.ts';
import { type Fields, type Value, isFields } from './json.ts';
import { StrategicMergeError } from './strategic-merge-error.ts';

/** @throws StrategicMergeError for two maps and for two lists: there kubectl itself ends with a panic */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if ((isFields(a) && isFields(b)) || (Array.isArray(a) && Array.isArray(b))) throw notScalar(a);
  return a === b;
}

/** @throws StrategicMergeError for a map and for a list, as above */
export function expectScalar(value: Value): Value {
  if (isFields(value) || Array.isArray(value)) throw notScalar(value);
  return value;
}

const notScalar = (value: Value | undefined): StrategicMergeError =>
  new StrategicMergeError(`expected a scalar to compare, but received a ${toGoType(value)}`);

export function expectFields(value: Value): Fields {
  if (isFields(value)) return value;
  throw new StrategicMergeError(`expected a map[string]interface {}, but received a ${toGoType(value)}`);
}

export function expectList(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new StrategicMergeError(`expected a []interface {}, but received a ${toGoType(value)}`);
}

export function expectKey(element: Fields, mergeKey: string): Value {
  const value = element.get(mergeKey);
  if (value !== undefined) return value;
  throw new StrategicMergeError(`map: ${toGoText(element)} does not contain declared merge key: ${mergeKey}`);
}

export type ElementType = 'map' | 'scalar';

/** The one type of all elements. @throws StrategicMergeError for none, mixed types, nulls and lists of lists */
export function elementTypeOf(original: readonly Value[], patch: readonly Value[]): ElementType {
  const [first, ...others] = [...original, ...patch];
  if (first === undefined) throw new StrategicMergeError('no elements in any of the given slices');
  if (first === null) throw new StrategicMergeError('expected list elements, but received null');
  if (Array.isArray(first)) throw new StrategicMergeError('lists of lists are not supported');
  if (others.some((one) => toGoType(one) !== toGoType(first))) {
    const lists = `[${toGoText([...original])} ${toGoText([...patch])}]`;
    throw new StrategicMergeError(`list element types are not identical: ${lists}`);
  }
  return isFields(first) ? 'map' : 'scalar';
}

/** Place of the first element with this merge key, -1 when there is none. @throws StrategicMergeError for what is no map */
export function placeOf(list: readonly Value[], mergeKey: string, wanted: Value): number {
  for (const [place, element] of list.entries()) {
    if (!isFields(element)) throw new StrategicMergeError(`value for key ${place} is not a map`);
    const found = element.get(mergeKey);
    if (found !== undefined && isSame(found, wanted)) return place;
  }
  return -1;
}
