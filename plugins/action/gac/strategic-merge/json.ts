/** JSON as callers hold it, and as the merge works on it: fields in a Map, so that no name is special. */
import { StrategicMergeError } from './strategic-merge-error.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export type Value = null | boolean | number | string | Value[] | Fields;

export interface Fields extends Map<string, Value> {}

export const isFields = (value: Value | undefined): value is Fields => value instanceof Map;

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const deepest = 1_000;

/** A copy that shares nothing with the object. @throws StrategicMergeError beyond 1,000 levels of nesting */
export function toFields(object: JsonObject, depth = 0): Fields {
  return new Map(Object.entries(object).map(([name, value]) => [name, toValue(value, depth + 1)]));
}

function toValue(value: Json, depth: number): Value {
  if (depth > deepest) throw new StrategicMergeError(`at most ${deepest} levels of nesting, found more`);
  if (isJsonObject(value)) return toFields(value, depth);
  if (typeof value !== 'object' || value === null) return value;
  return value.map((one) => toValue(one, depth + 1));
}

export function fromFields(fields: Fields): JsonObject {
  return Object.fromEntries([...fields].map(([name, value]) => [name, fromValue(value)]));
}

function fromValue(value: Value): Json {
  if (isFields(value)) return fromFields(value);
  return Array.isArray(value) ? value.map(fromValue) : value;
}
