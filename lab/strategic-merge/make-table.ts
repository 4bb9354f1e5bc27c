import type { GoTypes, StructField } from './read-go-types.ts';
import { type OpenApi, referenceOf } from './read-open-api.ts';

export interface MergeTable {
  /** Of the API server and of kubectl's library. */
  readonly version: string;
  /** apiVersion → kind → type. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Type → `<Go type> <strategies> <merge key>` → names of such fields, separated by spaces. */
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

/**
 * Strategies and merge keys as the API server's OpenAPI has them, Go types as kubectl's library has them. Kinds that no server
 * of this version serves any more, but kubectl still knows, come from the library alone.
 * @throws Error when the two say different things of one field
 */
export function makeTable({ version, definitions }: OpenApi, { kinds, structs }: GoTypes): MergeTable {
  const isObject = (struct: string): boolean =>
    structs.get(struct)?.some(({ name, type }) => name === 'metadata' && type === META) ?? false;
  const objects = [...kinds].filter(([kind, struct]) => !kind.includes('__internal') && isObject(struct));
  const known = new Map(objects);
  const served = toDefinitions(definitions);
  const types = new Map<string, Readonly<Record<string, string>>>();
  const queue = objects.map(([kind, struct]) => ({ struct, definition: served.get(kind) }));
  // Kinds that a server serves come first, so that a type which others share has what the OpenAPI says.
  queue.sort((a, b) => Number(b.definition !== undefined) - Number(a.definition !== undefined));
  for (const { struct, definition } of queue) {
    const name = toTypeName(struct);
    if (types.has(name)) continue;
    const properties = definition === undefined ? undefined : definitions[definition]?.properties;
    const fields = structs.get(struct) ?? [];
    const groups = new Map<string, string[]>();
    for (const field of fields) {
      const property = properties?.[field.name];
      const group = toGroup(field, property === undefined ? field : fromProperty(property), `${struct} ${field.name}`);
      groups.set(group, [...(groups.get(group) ?? []), field.name]);
      const target = field.type.replace(/^[*[\]]+/, '');
      if (structs.has(target)) queue.push({ struct: target, definition: referenceOf(property) });
    }
    types.set(name, toSorted([...groups].map(([group, names]) => [group, names.sort().join(' ')] as const)));
  }
  return { version, kinds: toKinds(known), types: toSorted([...types]) };
}

type Tags = Pick<StructField, 'strategy' | 'key'>;

function fromProperty(property: NonNullable<OpenApi['definitions'][string]['properties']>[string]): Tags {
  return {
    strategy: property['x-kubernetes-patch-strategy'] ?? '',
    key: property['x-kubernetes-patch-merge-key'] ?? '',
  };
}

function toGroup(field: StructField, { strategy = '', key = '' }: Tags, words: string): string {
  if (strategy !== (field.strategy ?? '') || key !== (field.key ?? ''))
    throw new Error(`${words}: expected "${strategy} ${key}" as in the OpenAPI, found another in the struct's tags`);
  return `${toTypeReference(field.type)} ${strategy} ${key}`.trimEnd();
}

/** By `apps/v1 Deployment`: the definition's name. */
function toDefinitions(definitions: OpenApi['definitions']): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(definitions).flatMap(([name, definition]) =>
      (definition['x-kubernetes-group-version-kind'] ?? []).map(
        ({ group, version, kind }) => [`${group === '' ? '' : `${group}/`}${version} ${kind}`, name] as const,
      ),
    ),
  );
}

function toKinds(known: ReadonlyMap<string, string>): MergeTable['kinds'] {
  const kinds = new Map<string, (readonly [string, string])[]>();
  for (const [words, struct] of known) {
    const [apiVersion = '', kind = ''] = words.split(' ');
    kinds.set(apiVersion, [...(kinds.get(apiVersion) ?? []), [kind, toTypeName(struct)]]);
  }
  return toSorted([...kinds].map(([apiVersion, entries]) => [apiVersion, toSorted(entries)] as const));
}

/** `[]k8s.io/api/core/v1.Container` → `[]core/v1.Container`. */
const toTypeReference = (type: string): string => {
  const start = /^[*[\]]*/.exec(type)?.[0] ?? '';
  return start + toTypeName(type.slice(start.length));
};

/** `k8s.io/api/core/v1.Container` → `core/v1.Container`, `k8s.io/apimachinery/pkg/api/resource.Quantity` → `resource.Quantity`. */
function toTypeName(struct: string): string {
  const parts = struct.split('/');
  return parts.slice(/^v\d/.test(parts.at(-1) ?? '') ? -2 : -1).join('/');
}

const toSorted = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));

/** One line a kind or type, so that a difference between two versions can be read. */
export function toText({ version, kinds, types }: MergeTable): string {
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const part = (name: string, entries: object): string => `  "${name}": {\n${lines(entries)}\n  }`;
  return `{\n  "version": "${version}",\n${part('kinds', kinds)},\n${part('types', types)}\n}\n`;
}
