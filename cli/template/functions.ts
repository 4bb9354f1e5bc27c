import { isEqual, isLess } from './compare.ts';
import { printAll, printLine, printValue } from './print-value.ts';
import { printFormatted } from './printf.ts';
import { hasTextKeys, isList, isMap, isTrue, toTypeName } from './value.ts';
import type { Value, ValueMap } from './value.ts';

export interface TemplateFunction {
  readonly least: number;
  /** Null: any number. */
  readonly most: number | null;
  /** @throws Error with what is wrong with the values */
  readonly call: (values: readonly Value[]) => Value;
  /** Arguments are looked at one by one until one is true, or not true; the rest is not evaluated. */
  readonly stopsAt?: boolean;
}

const any = { least: 0, most: null };
const two = { least: 2, most: 2 };

/** Compares the first of two with the second. */
const comparing = (compare: (one: Value, other: Value) => boolean): TemplateFunction => ({
  ...two,
  call: ([one, other]) => compare(one, other),
});

const isLessOrEqual = (one: Value, other: Value): boolean => isLess(one, other) || isEqual(one, other);

const last = (values: readonly Value[]): Value => values.at(-1);

/** Go's built-in functions but `call`, `html`, `js` and `urlquery`. */
const functions: Readonly<Record<string, TemplateFunction>> = {
  and: { least: 1, most: null, call: last, stopsAt: false },
  or: { least: 1, most: null, call: last, stopsAt: true },
  not: { least: 1, most: 1, call: ([value]) => !isTrue(value) },
  eq: { least: 1, most: null, call: ([first, ...others]) => equalsOne(first, others) },
  ne: comparing((one, other) => !isEqual(one, other)),
  lt: comparing(isLess),
  le: comparing(isLessOrEqual),
  gt: comparing((one, other) => !isLessOrEqual(one, other)),
  ge: comparing((one, other) => !isLess(one, other)),
  index: { least: 1, most: null, call: ([item, ...keys]) => indexAll(item, keys) },
  slice: { least: 1, most: 4, call: ([item, ...bounds]) => slice(item, bounds) },
  len: { least: 1, most: 1, call: ([item]) => toLength(item) },
  print: { ...any, call: printAll },
  println: { ...any, call: printLine },
  printf: { least: 1, most: null, call: ([format, ...values]) => printFormatted(toFormat(format), values) },
};

export const functionNames: ReadonlySet<string> = new Set(Object.keys(functions));

export const findFunction = (name: string): TemplateFunction | undefined => functions[name];

function equalsOne(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('expected something to compare with, found nothing');
  return others.some((other) => isEqual(first, other));
}

function toFormat(format: Value): string {
  if (typeof format === 'string') return format;
  throw new Error(`expected a format, found ${toTypeName(format)}`);
}

function indexAll(item: Value, keys: readonly Value[]): Value {
  if (item === undefined || item === null) throw new Error('expected a list, map or text, found nothing');
  return keys.reduce(indexOne, item);
}

function indexOne(item: Value, key: Value): Value {
  if (isMap(item)) return indexMap(item, key);
  if (isList(item)) return item[toIndex(key, item.length - 1)] ?? null;
  if (typeof item !== 'string') throw new Error(`expected a list, map or text, found ${toTypeName(item)}`);
  const bytes = Buffer.from(item);
  return BigInt(bytes[toIndex(key, bytes.length - 1)] ?? 0);
}

function indexMap(map: ValueMap, key: Value): Value {
  if (hasTextKeys(map) && typeof key !== 'string') throw new Error(`expected a text as key, found ${toTypeName(key)}`);
  return map.get(key) ?? null;
}

function toIndex(key: Value, most: number): number {
  if (typeof key !== 'bigint') throw new Error(`expected a whole number as index, found ${toTypeName(key)}`);
  if (key >= 0n && key <= BigInt(most)) return Number(key);
  throw new Error(`expected an index from 0 to ${most}, found ${key}`);
}

function slice(item: Value, bounds: readonly Value[]): Value {
  if (!isList(item) && typeof item !== 'string') throw new Error(`expected a list or text, found ${toTypeName(item)}`);
  if (bounds.length === 3 && typeof item === 'string') throw new Error('expected two bounds for a text, found three');
  const sequence = isList(item) ? item : Buffer.from(item);
  const [start = 0, end = sequence.length, limit = sequence.length] = bounds.map((bound) =>
    toIndex(bound, sequence.length),
  );
  if (start > end || end > limit) throw new Error(`expected rising bounds, found ${bounds.map(printValue).join(', ')}`);
  if (isList(item)) return item.slice(start, end);
  const part = Buffer.from(item).subarray(start, end);
  if (Buffer.from(part.toString('utf8')).equals(part)) return part.toString('utf8');
  throw new Error('expected bounds between characters, which are bytes here, found one inside a character');
}

function toLength(item: Value): bigint {
  if (typeof item === 'string') return BigInt(Buffer.byteLength(item));
  if (isList(item)) return BigInt(item.length);
  if (isMap(item)) return BigInt(item.size);
  throw new Error(`expected a list, map or text, found ${toTypeName(item)}`);
}
