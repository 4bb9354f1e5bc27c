/** Readers of fields of live objects that tolerate absence: what a controller has not written yet is null. */
import type { ResourceHealth, ResourceStatus } from './status.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** What a rule says about one object. */
export type Verdict = Pick<ResourceHealth, 'status' | 'message'>;

const verdict =
  (status: ResourceStatus) =>
  (message: string): Verdict => ({ status, message });

export const current = verdict('Current');
export const inProgress = verdict('InProgress');
export const failed = verdict('Failed');
export const terminating = verdict('Terminating');

export function readField(object: JsonObject, ...path: readonly string[]): Json | null {
  let value: Json | undefined = object;
  for (const name of path) {
    if (!isJsonObject(value)) return null;
    value = value[name];
  }
  return value ?? null;
}

export function readText(object: JsonObject, ...path: readonly string[]): string {
  const value = readField(object, ...path);
  return typeof value === 'string' ? value : '';
}

/** The number at the path, or null. */
export function readNumber(object: JsonObject, ...path: readonly string[]): number | null {
  const value = readField(object, ...path);
  return typeof value === 'number' ? value : null;
}

/** A counter of the status; controllers leave out zeroes. */
export const readCount = (object: JsonObject, name: string): number => readNumber(object, 'status', name) ?? 0;

export function readObjects(object: JsonObject, ...path: readonly string[]): readonly JsonObject[] {
  const value = readField(object, ...path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** The condition of a type in the object's status, or null. */
export function readCondition(object: JsonObject, type: string): Condition | null {
  const found = readObjects(object, 'status', 'conditions').find((condition) => condition['type'] === type);
  if (found === undefined) return null;
  return { status: readText(found, 'status'), reason: readText(found, 'reason'), message: readText(found, 'message') };
}
