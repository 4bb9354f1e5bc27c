/**
 * Brings JSON into the shape of a schema as EMCO's decoder does: keys match in any case, unknown keys are dropped, null is
 * absent, an absent string is empty. The schema then judges the values.
 */
import type { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';

type Schema = z.core.$ZodType;

/** The definition that says what the schema is made of. */
// zod types a schema's definition by its base only; the union of all definitions is what it is.
const definitionOf = (schema: Schema) => (schema as z.core.$ZodTypes)._zod.def;

export function toShape(schema: Schema, value: Json | undefined): Json | undefined {
  const definition = definitionOf(schema);
  if (isWrapper(definition)) {
    return value === undefined || value === null ? undefined : toShape(definition.innerType, value);
  }
  if (definition.type === 'object') return toObjectShape(definition.shape, value ?? {});
  if (definition.type === 'array' && Array.isArray(value)) {
    return value.map((each: Json) => toShape(definition.element, each) ?? null);
  }
  if (definition.type === 'string') return value ?? '';
  // A value of any type keeps its null: it may be what the user means.
  return definition.type === 'array' || definition.type === 'record' ? (value ?? undefined) : value;
}

type Definition = ReturnType<typeof definitionOf>;
type Wrapper = Extract<Definition, { readonly type: 'optional' | 'default' | 'prefault' | 'nullable' }>;

const isWrapper = (definition: Definition): definition is Wrapper =>
  ['optional', 'default', 'prefault', 'nullable'].includes(definition.type);

function toObjectShape(shape: Readonly<Record<string, Schema>>, value: Json): Json {
  if (!isJsonObject(value)) return value;
  const folded = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key]));
  const members: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const key = Object.hasOwn(value, name) ? name : (folded.get(name.toLowerCase()) ?? name);
    const member = toShape(schema, Object.hasOwn(value, key) ? value[key] : undefined);
    if (member !== undefined) members[name] = member;
  }
  return members;
}

/** The members in the order of the schema: what a database gives back in its own order. */
export function inSchemaOrder(schema: Schema, value: Json): Json {
  const definition = definitionOf(schema);
  if (isWrapper(definition)) return inSchemaOrder(definition.innerType, value);
  if (definition.type === 'array' && Array.isArray(value)) {
    return value.map((each: Json) => inSchemaOrder(definition.element, each));
  }
  return definition.type === 'object' && isJsonObject(value) ? orderMembers(definition.shape, value) : value;
}

function orderMembers(shape: Readonly<Record<string, Schema>>, value: JsonObject): JsonObject {
  const members: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const member = value[name];
    if (member !== undefined) members[name] = inSchemaOrder(schema, member);
  }
  return members;
}
