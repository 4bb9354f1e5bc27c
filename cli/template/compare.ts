import { compareText, isList, isMap, toTypeName } from './value.ts';
import type { Value } from './value.ts';

/** Go's `==` for values; unlike types are an error. */
export function isEqual(one: Value, other: Value): boolean {
  if (isNothing(one) || isNothing(other)) return isNothing(one) && isNothing(other);
  if (isList(one) || isMap(one) || typeof one !== typeof other || isList(other) || isMap(other)) {
    throw new Error(`incompatible types for comparison: ${toTypeName(one)} and ${toTypeName(other)}`);
  }
  return one === other;
}

const isNothing = (value: Value): value is null | undefined => value === undefined || value === null;

export function isLess(one: Value, other: Value): boolean {
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other) < 0;
  if (typeof one === 'bigint' && typeof other === 'bigint') return one < other;
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  throw new Error(`expected two numbers or two texts to compare, found ${toTypeName(one)} and ${toTypeName(other)}`);
}
