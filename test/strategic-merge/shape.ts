import { type FieldSchema, type Schema, fieldsOf, goKind } from '#plugins/action/gac/strategic-merge/schema.ts';
import type { Dice } from './dice.ts';

/** Which part of a kind a case is about: both its document and its patch are made of it, so that they meet. */
export type Shape =
  | { readonly form: 'scalar'; readonly values: readonly (string | number | boolean)[] }
  | { readonly form: 'map' }
  | { readonly form: 'struct'; readonly fields: ReadonlyMap<string, FieldShape> }
  | { readonly form: 'list'; readonly of: Shape; readonly mergeKey: string };

export interface FieldShape {
  readonly shape: Shape;
  readonly strategy: FieldSchema['strategy'];
}

const TEXTS = ['a', 'b', 'c', 'd', 'e'];
const NUMBERS = [80, 81, 443, 8080, 9090];
const BY_TYPE: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  bool: [true, false],
  'resource.Quantity': ['1', '500m', '1Gi'],
  'intstr.IntOrString': [1, 2, '25%', 'http'],
  'meta/v1.Time': ['2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
  'meta/v1.MicroTime': ['2024-01-01T00:00:00.000000Z', '2025-01-01T00:00:00.000000Z'],
};
const DEEPEST = 9;

/** `wrong` counts fields that shall have a shape of their own, not their type's. */
export interface Chance {
  readonly dice: Dice;
  wrong: number;
}

export function toShape(schema: Schema, chance: Chance, depth = 0): Shape {
  const type = schema.type.startsWith('*') ? schema.type.slice(1) : schema.type;
  const values = BY_TYPE[type];
  if (values !== undefined) return { form: 'scalar', values };
  if (type.startsWith('[]')) return toList(type, { chance, mergeKey: '', depth });
  const fields = fieldsOf({ type });
  if (fields !== null) return toStruct(fields, chance, depth);
  if (type === 'map' || type === 'interface') return { form: 'map' };
  return { form: 'scalar', values: goKind(type) === 'string' ? TEXTS : NUMBERS };
}

interface ListChance {
  readonly chance: Chance;
  readonly mergeKey: string;
  readonly depth: number;
}

function toList(type: string, { chance, mergeKey, depth }: ListChance): Shape {
  if (type === '[]uint8') return { form: 'scalar', values: ['YQ==', 'Yg=='] };
  return { form: 'list', of: toShape({ type: type.slice(2) }, chance, depth), mergeKey };
}

function toStruct(fields: ReadonlyMap<string, FieldSchema>, chance: Chance, depth: number): Shape {
  const { dice } = chance;
  const all = [...fields].filter(([, field]) => depth < DEEPEST || isFlat(field));
  const deep = all.filter(([, field]) => !isFlat(field));
  const merging = all.filter(([, field]) => field.strategy !== '');
  const chosen = new Map([...dice.some(all, 1, 3), ...dice.some(deep, 0, 2), ...dice.some(merging, 0, 2)]);
  const shapes = [...chosen].map(([name, field]): [string, FieldShape] => [
    name,
    { shape: toFieldShape(field, chance, depth + 1), strategy: field.strategy },
  ]);
  const metadata = fields.get('metadata');
  if (depth === 0 && metadata !== undefined && !chosen.has('metadata'))
    shapes.push(['metadata', { shape: toFieldShape(metadata, chance, depth + 1), strategy: metadata.strategy }]);
  return { form: 'struct', fields: new Map(shapes.map(([name, field]) => [toFieldName(name, chance, depth), field])) };
}

/** Go finds fields in any case; `wrong` names are of that kind, or unknown. */
function toFieldName(name: string, chance: Chance, depth: number): string {
  if (depth === 0 || chance.wrong === 0 || !chance.dice.once(20)) return name;
  chance.wrong -= 1;
  const [first = ''] = name;
  const variants = [first.toUpperCase() + name.slice(1), name.toUpperCase(), name.replace('s', '\u017f'), `${name}X`];
  return chance.dice.pick([...variants, 'a"b\\c', '']);
}

const isFlat = ({ schema: { type } }: FieldSchema): boolean => !type.includes('.') || type in BY_TYPE;

function toFieldShape(field: FieldSchema, chance: Chance, depth: number): Shape {
  const { dice } = chance;
  if (chance.wrong > 0 && dice.once(12)) {
    chance.wrong -= 1;
    return toWrongShape(dice);
  }
  const { type } = field.schema;
  const list = type.startsWith('*[]') ? type.slice(1) : type;
  return list.startsWith('[]')
    ? toList(list, { chance, mergeKey: field.mergeKey, depth })
    : toShape(field.schema, chance, depth);
}

function toWrongShape(dice: Dice): Shape {
  const text: Shape = { form: 'scalar', values: TEXTS };
  const struct: Shape = {
    form: 'struct',
    fields: new Map([
      ['name', { shape: text, strategy: '' }],
      ['inner', { shape: { form: 'map' }, strategy: '' }],
    ]),
  };
  return dice.pick<Shape>([
    text,
    { form: 'scalar', values: [...TEXTS, ...NUMBERS, true] },
    { form: 'map' },
    struct,
    { form: 'list', of: text, mergeKey: '' },
    { form: 'list', of: struct, mergeKey: dice.pick(['', 'name']) },
    { form: 'list', of: { form: 'list', of: text, mergeKey: '' }, mergeKey: '' },
    { form: 'list', of: { form: 'scalar', values: [...TEXTS, ...NUMBERS, true] }, mergeKey: '' },
  ]);
}
