/** JSON pointers and the places that they lead to, with array indices as EMCO counts them. */
import { type Json, isJsonObject } from '#domain/json.ts';
import { PatchError } from './patch-error.ts';

export type Place =
  | {
      readonly sort: 'root' | 'object';
      /** Tokens of the parent as found, negative indices counted out. */
      readonly parents: readonly string[];
      readonly key: string;
      readonly exists: boolean;
      readonly value: Json;
    }
  | {
      readonly sort: 'array';
      readonly parents: readonly string[];
      readonly key: string;
      readonly exists: boolean;
      readonly value: Json;
      /** Where `add` would put a value; null when the index is none for that. */
      readonly insertAt: number | null;
    };

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** @throws PatchError for what is no pointer, or one that reaches for a prototype. */
export function parsePointer(pointer: Json | undefined): readonly string[] {
  if (typeof pointer !== 'string') throw new PatchError('no pointer');
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchError(`a pointer without leading slash (${pointer.slice(0, 80)})`);
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const bad = tokens.find((token) => forbidden.has(token));
  if (bad !== undefined) throw new PatchError(`a path through ${bad}, which is refused`);
  return tokens;
}

/** Back to a pointer, with the place's own spelling of every token. */
export const toPointer = (place: Place, key: string): string =>
  place.sort === 'root' ? '' : `/${[...place.parents, key].map(escape).join('/')}`;

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** @throws PatchError when the parent is missing or can't hold anything. */
export function findPlace(document: Json, tokens: readonly string[]): Place {
  const last = tokens.at(-1);
  if (last === undefined) return { sort: 'root', parents: [], key: '', exists: true, value: document };
  let parent = document;
  const parents: string[] = [];
  for (const token of tokens.slice(0, -1)) {
    const place = placeIn(parent, token, parents);
    if (!place.exists) throw missing(tokens);
    parents.push(place.key);
    parent = place.value;
  }
  if (typeof parent !== 'object' || parent === null) throw missing(tokens);
  return placeIn(parent, last, parents);
}

const missing = (tokens: readonly string[]): PatchError =>
  new PatchError(`missing path /${tokens.map(escape).join('/')}`);

function placeIn(parent: Json, token: string, parents: readonly string[]): Place {
  if (Array.isArray(parent)) return placeInArray(parent, token, parents);
  if (!isJsonObject(parent)) return { sort: 'object', parents, key: token, exists: false, value: null };
  const value = Object.hasOwn(parent, token) ? parent[token] : undefined;
  return { sort: 'object', parents, key: token, exists: value !== undefined, value: value ?? null };
}

function placeInArray(parent: readonly Json[], token: string, parents: readonly string[]): Place {
  const { length } = parent;
  const number = /^[-+]?\d{1,9}$/.test(token) ? Number(token) : null;
  const index = number !== null && number < 0 ? number + length : number;
  const exists = index !== null && index >= 0 && index < length;
  const value = exists ? (parent[index] ?? null) : null;
  return {
    sort: 'array',
    parents,
    key: exists ? String(index) : token,
    exists,
    value,
    insertAt: toInsertAt(token, number, length),
  };
}

/** `-` and `-1` append, `-2` stands before the last. */
function toInsertAt(token: string, number: number | null, length: number): number | null {
  if (token === '-') return length;
  if (number === null) return null;
  const index = number < 0 ? number + length + 1 : number;
  return index >= 0 && index <= length ? index : null;
}
