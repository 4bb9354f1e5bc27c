import { type Json, isJsonObject } from '#domain/json.ts';
import { PatchError } from './patch-error.ts';

/** A deep copy that shares nothing. @throws PatchError for a member `__proto__`, which no manifest has. */
export function cloneJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isJsonObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new PatchError('a member __proto__');
    copy[name] = cloneJson(member);
  }
  return copy;
}

/** Levels of nesting; a scalar has none. */
export function toDepth(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, toDepth(member));
  return deepest + 1;
}
