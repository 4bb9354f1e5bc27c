import type { Json, JsonObject } from '#plugins/action/gac/strategic-merge/index.ts';
import type { Dice } from './dice.ts';
import type { Shape } from './shape.ts';

/** A document, or a part of one, of this shape. */
export function makeDocument(shape: Shape, dice: Dice): Json {
  switch (shape.form) {
    case 'scalar':
      return dice.pick(shape.values);
    case 'map':
      return makeMap(dice);
    case 'list':
      return makeList(shape, dice, makeDocument);
    case 'struct':
      return Object.fromEntries(
        [...shape.fields]
          .filter(() => !dice.once(5))
          .map(([name, field]) => [name, dice.once(40) ? null : makeDocument(field.shape, dice)]),
      );
  }
}

/** What stands at `labels`, `data` and the like. */
export function makeMap(dice: Dice): JsonObject {
  const names = dice.some(['a', 'b', 'c', 'd'], 0, 3);
  return Object.fromEntries(names.map((name) => [name, dice.pick(['x', 'y', 'z'])]));
}

type Make = (shape: Shape, dice: Dice) => Json;

export function makeList(shape: Shape & { form: 'list' }, dice: Dice, make: Make): readonly Json[] {
  const { mergeKey, of } = shape;
  const length = dice.roll(dice.once(20) ? dice.pick([12, 12, 50]) : 5);
  const elements = Array.from({ length }, () => make(of, dice));
  if (mergeKey === '') return elements;
  const keys = makeKeys(shape, dice, length);
  return elements.map((one, at) => (isObject(one) ? { ...one, [mergeKey]: keys[at] ?? null } : one));
}

const PORTS = [80, 81, 443, 8080, 9090];
const NAMES = 'abcdefghij'.split('');

/** Merge keys of a list's elements, seldom one of them twice. */
export function makeKeys({ of, mergeKey }: Shape & { form: 'list' }, dice: Dice, count: number): readonly Json[] {
  const field = of.form === 'struct' ? of.fields.get(mergeKey)?.shape : undefined;
  const isNumber = field?.form === 'scalar' ? typeof field.values[0] === 'number' : /[pP]ort$/.test(mergeKey);
  const few: readonly Json[] = isNumber ? PORTS : NAMES;
  const more = Array.from({ length: 60 }, (_, at): Json => (isNumber ? 1_000 + at : `k${at}`));
  const values = count > few.length ? [...few, ...more] : few;
  return dice.once(25) ? Array.from({ length: count }, () => dice.pick(values)) : dice.some(values, count, count);
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
