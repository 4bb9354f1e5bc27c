/**
 * A value as Go's templates see what a YAML file holds: integers are `bigint`, floats `number`. `undefined` is a key that is not there,
 * `null` one that holds nothing.
 */
export type Value = undefined | null | boolean | bigint | number | string | ValueList | ValueMap;
export type ValueList = readonly Value[];
export type ValueMap = ReadonlyMap<Value, Value>;

export const isList = (value: Value): value is ValueList => Array.isArray(value);
export const isMap = (value: Value): value is ValueMap => value instanceof Map;

/** What counts as true in `if`, `with`, `and`, `or`, `not`: everything but nothing, zero and what is empty. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}

/** Go's name of the type, for messages. */
export function toTypeName(value: Value): string {
  if (value === undefined || value === null) return 'nil';
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return hasTextKeys(value) ? 'map[string]interface {}' : 'map[interface {}]interface {}';
  const names: Readonly<Record<string, string>> = { boolean: 'bool', bigint: 'int', number: 'float64' };
  return names[typeof value] ?? 'string';
}

export const hasTextKeys = (map: ValueMap): boolean => [...map.keys()].every((key) => typeof key === 'string');

/** Go orders text by its bytes. */
export const compareText = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** A map's entries in the order in which Go goes through them. */
export const toEntries = (map: ValueMap): readonly (readonly [Value, Value])[] =>
  [...map].sort(([one], [other]) => compareKeys(one, other));

function compareKeys(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  const [rank, otherRank] = [toRank(one), toRank(other)];
  if (rank !== otherRank) return rank - otherRank;
  if (one === undefined || one === null || other === undefined || other === null) return 0;
  return one < other ? -1 : Number(one > other);
}

const toRank = (key: Value): number =>
  ['undefined', 'object', 'boolean', 'bigint', 'number', 'string'].indexOf(typeof key);
