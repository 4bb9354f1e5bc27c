import { type Json, isJsonObject } from '#domain/json.ts';
import { PatchError } from './patch-error.ts';

/**
 * The document with the root and each container along the path copied, unless it is owned already; everything beside the
 * path stays shared. @param path tokens that lead to a container. @throws PatchError for a member `__proto__` in one of them
 */
export function ownAlong(document: Json, path: readonly string[], owned: Set<Json>): Json {
  const mine = own(document, owned);
  const [token, ...rest] = path;
  if (token === undefined) return mine;
  if (Array.isArray(mine)) {
    // ours since `own`
    const items = mine as Json[];
    items[Number(token)] = ownAlong(items[Number(token)] ?? null, rest, owned);
  } else if (isJsonObject(mine)) {
    // ours since `own`
    const members = mine as Record<string, Json>;
    members[token] = ownAlong(members[token] ?? null, rest, owned);
  }
  return mine;
}

function own(value: Json, owned: Set<Json>): Json {
  if (owned.has(value)) return value;
  const copy = copyOf(value);
  owned.add(copy);
  return copy;
}

function copyOf(value: Json): Json {
  if (Array.isArray(value)) return [...(value as readonly Json[])];
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, '__proto__')) throw new PatchError('a member __proto__');
  return { ...value };
}
