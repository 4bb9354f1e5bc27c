/** What Kubernetes says of a kind's fields: Go type, patch strategy and merge key. */
import { StrategicMergeError } from './strategic-merge-error.ts';
import table from './table.json' with { type: 'json' };

/**
 * A Go type: `*` for a pointer, `[]` for a list, then `int32`, `string`, `map` … or the name of a type of the table, such as
 * `core/v1.Container`.
 */
export interface Schema {
  readonly type: string;
}

export interface FieldSchema {
  readonly schema: Schema;
  readonly strategy: '' | 'merge' | 'replace';
  /** '' when there is none. */
  readonly mergeKey: string;
}

/** By type, then `<Go type> <strategies> <merge key>` → names of such fields, separated by spaces. */
type Types = Readonly<Record<string, Readonly<Record<string, string>>>>;
const types: Types = table.types;
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = table.kinds;

/** The schema of a built-in kind, or null for any other: custom resources have none. Both are compared with case. */
export function schemaOf(apiVersion: string, kind: string): Schema | null {
  const ofVersion = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion] : undefined;
  const type = ofVersion !== undefined && Object.hasOwn(ofVersion, kind) ? ofVersion[kind] : undefined;
  return type === undefined ? null : { type };
}

/** Each kind of the table with its apiVersion. */
export function builtInKinds(): readonly { readonly apiVersion: string; readonly kind: string }[] {
  return Object.entries(kinds).flatMap(([apiVersion, names]) =>
    Object.keys(names).map((kind) => ({ apiVersion, kind })),
  );
}

/** The fields of a struct, each with its schema; null for what is no struct. */
export function fieldsOf({ type }: Schema): ReadonlyMap<string, FieldSchema> | null {
  const name = withoutPointer(type);
  const groups = Object.hasOwn(types, name) ? types[name] : undefined;
  if (groups === undefined) return null;
  return new Map(
    Object.entries(groups).flatMap(([group, names]) => names.split(' ').map((field) => [field, toFieldSchema(group)])),
  );
}

function toFieldSchema(group: string): FieldSchema {
  const [type = '', strategies = '', mergeKey = ''] = group.split(' ');
  const strategy = strategies.split(',').find((one) => one === 'merge' || one === 'replace');
  return { schema: { type }, strategy: strategy ?? '', mergeKey };
}

/** The field that a map stands in. @throws StrategicMergeError when the schema has no such field */
export function findMapField(schema: Schema, name: string): FieldSchema {
  const fields = fieldsOf(schema);
  if (fields === null) {
    const found = goKind(withoutPointer(schema.type));
    throw new StrategicMergeError(`merging an object in json but data type is not struct, instead is: ${found}`);
  }
  const found = fields.get(name) ?? [...fields].find(([known]) => fold(known) === fold(name))?.[1];
  if (found !== undefined) return found;
  const struct = schema.type.slice(schema.type.lastIndexOf('.') + 1);
  throw new StrategicMergeError(`unable to find api field in struct ${struct} for the json field ${quote(name)}`);
}

/** The field that a list stands in, with the schema of its elements. @throws StrategicMergeError as above, or for no list */
export function findListField(parent: Schema, name: string): FieldSchema {
  const field = findMapField(parent, name);
  const { type } = field.schema;
  if (type.startsWith('[][]')) throw new StrategicMergeError('unexpected slice of slice');
  if (type.startsWith('[]')) return { ...field, schema: { type: type.slice(2) } };
  if (!type.startsWith('*'))
    throw new StrategicMergeError(`expected slice or array type, but got: ${goKind(parent.type)}`);
  const pointed = type.slice(1);
  return { ...field, schema: { type: pointed.startsWith('[]') ? pointed.slice(2) : pointed } };
}

const withoutPointer = (type: string): string => (type.startsWith('*') ? type.slice(1) : type);

/** The kind of a Go type. */
export function goKind(type: string): string {
  if (type.startsWith('*')) return 'ptr';
  if (type.startsWith('[]')) return 'slice';
  return type.includes('.') ? 'struct' : type;
}

/** Go's JSON folds case, and these two letters with their ASCII look-alikes. */
const fold = (name: string): string => name.replaceAll('\u017f', 's').toLowerCase();

/** As `%q` for the names that occur; others keep JSON's escapes. */
const quote = (name: string): string => JSON.stringify(name);
