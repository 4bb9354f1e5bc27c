/** JSON patches as EMCO applies them (evanphx/json-patch): RFC 6902 with a forgiving replace and negative indices. */
import jsonPatch from 'fast-json-patch';
import { type Json, type JsonObject, isJsonObject } from '#domain/json.ts';
import { cloneJson, toDepth } from './clone-json.ts';
import { ownAlong } from './own-along.ts';
import { type Place, findPlace, parsePointer, toPointer } from './json-pointer.ts';
import { PatchError } from './patch-error.ts';

const mostOperations = 10_000;
/** Characters that `copy` may add: repeated copies of the root double it each time. */
const mostCopied = 1 << 20;
const deepest = 100;

interface Patching {
  document: Json;
  copied: number;
  /** Containers of the document that are ours to change; the others are shared with what it was made from. */
  readonly owned: Set<Json>;
}

/**
 * Applies the operations to a copy of the document, which shares what they leave as it is. Differs from RFC 6902 where EMCO does: `replace` of a missing member
 * adds it, `-1` counts from an array's end, `test` with null passes on a missing member. Refuses `__proto__` and
 * `constructor` in paths.
 * @throws PatchError that names the operation.
 */
export function applyJsonPatch(document: Json, operations: readonly JsonObject[]): Json {
  if (operations.length === 0) throw new PatchError('at least one operation, found none');
  if (operations.length > mostOperations)
    throw new PatchError(`at most ${mostOperations} operations, found ${operations.length}`);
  const patching: Patching = { document, copied: 0, owned: new Set() };
  for (const [at, operation] of operations.entries()) applyNamed(patching, operation, at);
  return patching.document;
}

function applyNamed(patching: Patching, operation: JsonObject, at: number): void {
  try {
    applyOne(patching, operation);
  } catch (error) {
    // The engine's stack ends where nesting does.
    const found = error instanceof RangeError ? 'too many levels' : error instanceof PatchError ? error.message : null;
    if (found === null) throw error;
    const words = `${text(operation['op'])} ${text(operation['path'])}`.slice(0, 160);
    throw new PatchError(`operation ${at + 1} (${words}) to apply, found ${found}`);
  }
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

function applyOne(patching: Patching, operation: JsonObject): void {
  const { path, from } = operation;
  const tokens = parsePointer(path);
  const value = operation['value'] ?? null;
  switch (parseOp(operation['op'])) {
    case 'add':
      return add(patching, tokens, cloneJson(value));
    case 'replace':
      return replace(patching, tokens, cloneJson(value));
    case 'remove':
      return remove(patching, tokens);
    case 'test':
      return test(patching, tokens, value);
    case 'copy':
      return add(patching, tokens, copyOf(patching, parsePointer(from)));
    case 'move':
      return move(patching, tokens, parsePointer(from));
  }
}

const ops = ['add', 'replace', 'remove', 'test', 'copy', 'move'] as const;

function parseOp(value: Json | undefined): (typeof ops)[number] {
  const op = ops.find((one) => one === value);
  if (op === undefined) throw new PatchError(`unknown operation ${text(value)}`);
  return op;
}

function add(patching: Patching, tokens: readonly string[], value: Json): void {
  const place = findPlace(patching.document, tokens);
  if (place.sort === 'array' && place.insertAt === null) throw new PatchError(`invalid index ${place.key}`);
  const key = place.sort === 'array' ? String(place.insertAt) : place.key;
  change(patching, { op: 'add', path: toPointer(place, key), value });
}

/** A missing member of an object is added; an array's element must be there. */
function replace(patching: Patching, tokens: readonly string[], value: Json): void {
  const place = findPlace(patching.document, tokens);
  if (place.sort === 'array' && !place.exists) throw new PatchError(`missing element ${toPointer(place, place.key)}`);
  change(patching, { op: place.exists ? 'replace' : 'add', path: toPointer(place, place.key), value });
}

function remove(patching: Patching, tokens: readonly string[]): void {
  if (tokens.length === 0) throw new PatchError('the whole document, which can only be replaced');
  const place = findPlace(patching.document, tokens);
  if (!place.exists) throw new PatchError(`nonexistent key ${place.key}`);
  change(patching, { op: 'remove', path: toPointer(place, place.key) });
}

function test(patching: Patching, tokens: readonly string[], value: Json): void {
  const place = findPlace(patching.document, tokens);
  if (!place.exists && value === null) return;
  if (!place.exists) throw new PatchError(`nothing at ${toPointer(place, place.key)}`);
  change(patching, { op: 'test', path: toPointer(place, place.key), value });
}

function move(patching: Patching, tokens: readonly string[], from: readonly string[]): void {
  const value = valueAt(patching.document, from);
  if (from.every((token, at) => token === tokens[at]) && tokens.length > from.length)
    throw new PatchError('a move into the moved value itself');
  remove(patching, from);
  add(patching, tokens, value);
}

function copyOf(patching: Patching, from: readonly string[]): Json {
  const value = valueAt(patching.document, from);
  patching.copied += JSON.stringify(value).length;
  if (patching.copied > mostCopied) throw new PatchError(`more than ${mostCopied} copied characters`);
  return cloneJson(value);
}

function valueAt(document: Json, from: readonly string[]): Json {
  const place: Place = findPlace(document, from);
  if (!place.exists) throw new PatchError(`nothing at ${toPointer(place, place.key)}`);
  return place.value;
}

type Checked =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** Every place is known to be good by now: the library only writes. */
function change(patching: Patching, operation: Checked): void {
  if (operation.op === 'test') {
    const same =
      jsonPatch.compare({ value: readAt(patching, operation.path) }, { value: operation.value }).length === 0;
    if (!same) throw new PatchError('another value');
    return;
  }
  const tokens = parsePointer(operation.path);
  if (operation.op === 'add' || operation.op === 'replace') refuseDeep(tokens.length, operation.value);
  const root: Json = { document: ownAlong(patching.document, tokens.slice(0, -1), patching.owned) };
  const path = `/document${operation.path}`;
  jsonPatch.applyOperation(root, { ...operation, path }, false, true, true);
  const changed = isJsonObject(root) ? root['document'] : null;
  patching.document = changed ?? null;
}

/** What was there is as deep as its reader lets things be. */
function refuseDeep(levels: number, value: Json): void {
  if (levels + toDepth(value) > deepest) throw new PatchError(`a result more than ${deepest} levels deep`);
}

const readAt = (patching: Patching, path: string): Json => valueAt(patching.document, parsePointer(path));
