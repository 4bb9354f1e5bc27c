import type { Json, JsonObject } from '#plugins/action/gac/strategic-merge/index.ts';
import type { Dice } from './dice.ts';
import { isObject, makeKeys, makeList, makeMap } from './make-document.ts';
import type { FieldShape, Shape } from './shape.ts';

type Entry = readonly [string, Json];

/** A patch for documents of this shape: values, nulls and directives, `bold` ones in places where they may be refused. */
export function makePatch(shape: Shape, dice: Dice, bold: boolean): Json {
  const patch = (of: Shape): Json => makePatch(of, dice, bold);
  switch (shape.form) {
    case 'scalar':
      return dice.pick(shape.values);
    case 'map':
      return dice.once(12) ? { ...makeMap(dice), $patch: makeDirective(dice, bold) } : withNulls(makeMap(dice), dice);
    case 'list':
      return withDirectives(makeList(shape, dice, patch), shape, { dice, bold });
    case 'struct':
      return makeStruct(shape.fields, { dice, bold });
  }
}

interface Making {
  readonly dice: Dice;
  readonly bold: boolean;
}

const makeDirective = (dice: Dice, bold: boolean): Json =>
  bold && dice.once(4) ? dice.pick<Json>(['merge', 'retain', '', 1, null, true]) : dice.pick(['replace', 'delete']);

const withNulls = (map: JsonObject, dice: Dice): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, dice.once(4) ? null : value]));

function withDirectives(list: readonly Json[], { mergeKey }: { mergeKey: string }, making: Making): readonly Json[] {
  const { dice, bold } = making;
  const isMaps = list.length > 0 && list.every(isObject);
  if (!isMaps || (mergeKey === '' && !bold)) return list;
  const directed = list.map((one) => {
    if (!isObject(one) || !dice.once(8)) return one;
    const deletion = { [mergeKey]: one[mergeKey] ?? null, $patch: 'delete' };
    return dice.once(4) ? { ...one, $patch: makeDirective(dice, bold) } : deletion;
  });
  if (bold && dice.once(15))
    return directed.map((one) => (isObject(one) && dice.once(3) ? without(one, mergeKey) : one));
  return dice.once(12) ? [...directed, { $patch: 'replace' }] : directed;
}

const without = (map: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(map).filter(([known]) => known !== name));

const ODD_NAMES = [
  '$setElementOrder',
  '$setElementOrder/',
  '$setElementOrderX/labels',
  '$deleteFromPrimitiveList',
  '$deleteFromPrimitiveList/',
  '$deleteFromPrimitiveList/a/b',
  '$unknown',
];

function makeStruct(fields: ReadonlyMap<string, FieldShape>, making: Making): JsonObject {
  const { dice, bold } = making;
  const given = [...fields].filter(() => !dice.once(4));
  const entries = given.map(
    ([name, field]): Entry => [name, dice.once(15) ? null : makePatch(field.shape, dice, bold)],
  );
  const patch = Object.fromEntries(entries);
  const lists = [...fields].flatMap(([name, field]) =>
    toListDirectives(name, field, { ...making, value: patch[name] }),
  );
  const odd = bold && dice.once(60) ? { [dice.pick(ODD_NAMES)]: dice.pick<Json>([['a'], [], null, 'a']) } : {};
  const whole: JsonObject = { ...patch, ...Object.fromEntries(lists), ...odd };
  if (dice.once(bold ? 20 : 40)) return { ...whole, $patch: makeDirective(dice, bold) };
  const retains = [...fields.values()].some(({ shape }) => shape.form === 'struct') ? 14 : 8;
  return dice.once(retains) ? { ...whole, $retainKeys: makeRetained(fields, patch, making) } : whole;
}

function makeRetained(fields: ReadonlyMap<string, FieldShape>, patch: JsonObject, { dice, bold }: Making): Json {
  if (bold && dice.once(6)) return dice.pick<Json>(['a', {}, ['a'], [1, 'a'], [{}], null]);
  return [...new Set([...Object.keys(patch), ...dice.some([...fields.keys()], 0, 3)])];
}

interface ListMaking extends Making {
  readonly value: Json | undefined;
}

function toListDirectives(name: string, { shape, strategy }: FieldShape, making: ListMaking): Entry[] {
  const { dice, bold, value } = making;
  const isFit = shape.form === 'list' && strategy === 'merge';
  if (!isFit && !(bold && dice.once(15))) return [];
  const entries: Entry[] = [];
  if (dice.once(3)) entries.push([`$setElementOrder/${name}`, makeOrder(shape, making)]);
  const isScalars = shape.form === 'list' && shape.of.form === 'scalar';
  if (dice.once(isScalars ? 3 : 30)) {
    const taken = Array.isArray(value) ? (value as readonly Json[]) : []; // what is added and deleted at once has no one answer
    const gone = toValues(shape, dice).filter((one) => !taken.includes(one));
    entries.push([`$deleteFromPrimitiveList/${name}`, bold && dice.once(6) ? dice.pick<Json>(['a', null, {}]) : gone]);
  }
  return entries;
}

const toValues = (shape: Shape, dice: Dice): readonly Json[] =>
  shape.form === 'list' && shape.of.form === 'scalar' ? dice.some(shape.of.values, 0, 3) : ['a'];

/** All elements that the patch has, in its order, and others between them; `bold` ones now and then without. */
function makeOrder(shape: Shape, { dice, bold, value }: ListMaking): Json {
  if (bold && dice.once(8)) return dice.pick<Json>(['a', null, [], ['a', 1], [{}], [{ name: 'a' }, 'b']]);
  if (shape.form !== 'list') return [];
  const { mergeKey } = shape;
  const elements: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [];
  const toElement = (one: Json): Json => (mergeKey === '' ? one : { [mergeKey]: one });
  const given = elements.filter((one) => !(isObject(one) && '$patch' in one));
  const order: Json[] = given.map((one) => (isObject(one) && mergeKey !== '' ? toElement(one[mergeKey] ?? null) : one));
  const others = mergeKey === '' ? toValues(shape, dice) : makeKeys(shape, dice, dice.roll(4));
  const known = new Set(order.map((one) => JSON.stringify(one)));
  for (const other of others.map(toElement))
    if (!known.has(JSON.stringify(other))) order.splice(dice.roll(order.length + 1), 0, other);
  return bold && dice.once(8) ? order.slice(1) : order;
}
