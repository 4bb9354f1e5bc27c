import { type Json, type JsonObject, schemaOf } from '#plugins/action/gac/strategic-merge/index.ts';
import type { Dice } from './dice.ts';
import { isObject, makeDocument } from './make-document.ts';
import { makePatch } from './make-patch.ts';
import { type Chance, type Shape, toShape } from './shape.ts';

/** One patch on several documents: what one kubectl process does. */
export interface Batch {
  readonly patch: JsonObject;
  readonly documents: readonly JsonObject[];
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface BatchOptions {
  readonly kinds: readonly Kind[];
  /** Which batch of all this is: each kind has its turn. */
  readonly at: number;
  /** How many documents. */
  readonly size: number;
}

export function makeBatch(dice: Dice, { kinds, at, size }: BatchOptions): Batch {
  const kind = kinds[at % kinds.length] ?? dice.pick(kinds);
  const bold = dice.once(3);
  const shape = toKindShape(kind, { dice, wrong: bold ? dice.roll(3) : 0 });
  const patch = makePatch(shape, dice, bold);
  const documents = Array.from({ length: size }, (_, number) => {
    // The last is of another kind: what the patch says of fields that it does not have.
    if (number < size - 1 || !bold) return toDocument(shape, dice, { ...kind, number });
    const other = dice.pick(kinds);
    return toDocument(toKindShape(other, { dice, wrong: 0 }), dice, { ...other, number });
  });
  return { patch: isObject(patch) ? patch : {}, documents };
}

function toKindShape({ apiVersion, kind }: Kind, chance: Chance): Shape {
  const schema = schemaOf(apiVersion, kind);
  if (schema === null) throw new Error(`${apiVersion} ${kind}: expected in the table, found missing`);
  const shape = toShape(schema, chance);
  if (shape.form !== 'struct') return shape;
  return { ...shape, fields: new Map([...shape.fields].filter(([name]) => name !== 'kind' && name !== 'apiVersion')) };
}

/** kubectl reads only documents that say what they are. */
function toDocument(shape: Shape, dice: Dice, { apiVersion, kind, number }: Kind & { number: number }): JsonObject {
  const made = makeDocument(shape, dice);
  const { metadata, ...rest }: Readonly<Record<string, Json>> = isObject(made) ? made : {};
  const named = isObject(metadata) ? { ...metadata, name: `n${number}`, namespace: 'a' } : { name: `n${number}` };
  return { ...rest, apiVersion, kind, metadata: named };
}
