/** `$setElementOrder/<field>`: the list of that field, merged and in the given order. */
import { elementTypeOf, expectFields, expectKey, expectList, isSame } from './compare.ts';
import { toGoText } from './go-text.ts';
import { type Fields, type Value, isFields } from './json.ts';
import { type MergeFields, mergeList } from './merge-list.ts';
import { joinLists, splitList } from './order-list.ts';
import { type Schema, findListField } from './schema.ts';
import { StrategicMergeError } from './strategic-merge-error.ts';
import { withoutDirectives } from './without-directives.ts';

const prefix = '$setElementOrder';

interface Merging {
  readonly original: Fields;
  readonly patch: Fields;
  readonly schema: Schema;
  readonly mergeFields: MergeFields;
}

/** Merges the lists that the patch orders, and takes them and their directives out of the patch. */
export function applyElementOrders(merging: Merging): void {
  for (const [name, order] of merging.patch) {
    if (!name.startsWith(prefix)) continue;
    merging.patch.delete(name);
    const wanted = expectList(order);
    if (!name.startsWith(`${prefix}/`)) throw new StrategicMergeError('invalid patch format of setElementOrder list');
    applyOrder(merging, name.slice(prefix.length + 1), wanted);
  }
}

function applyOrder({ original, patch, schema, mergeFields }: Merging, name: string, wanted: Value[]): void {
  const known = original.has(name) ? expectList(original.get(name) ?? null) : undefined;
  const given = patch.has(name) ? expectList(patch.get(name) ?? null) : undefined;
  const field = findListField(schema, name);
  const { mergeKey } = field;
  checkOrder(given ?? [], wanted, mergeKey);
  const merged = mergeBoth(known, given, (a, b) => mergeList(a, b, { field, isDeletion: false, mergeFields }));
  if (merged === undefined) return;
  const originalOrder = known ?? [];
  const split = splitList(merged, wanted, mergeKey);
  const elements = elementTypeOf(originalOrder, given ?? []);
  original.set(name, joinLists(split, { mergeKey, elements, patchOrder: wanted, originalOrder }));
  patch.delete(name);
}

function mergeBoth(
  known: Value[] | undefined,
  given: Value[] | undefined,
  merge: (known: Value[], given: Value[]) => Value[],
): Value[] | undefined {
  if (given === undefined) return known;
  if (known !== undefined) return merge(known, given);
  return given.map(withoutDirectives).filter((one) => one !== undefined);
}

/** Elements that the patch adds or changes must be listed, in the same order. */
function checkOrder(given: readonly Value[], wanted: readonly Value[], mergeKey: string): void {
  if (wanted.length === 0 || given.length === 0) return;
  const changed = mergeKey === '' ? given : given.filter((one) => expectFields(one).get('$patch') !== 'delete');
  let at = 0;
  const skip = (): void => {
    while (hasDirective(changed[at])) at += 1;
  };
  for (const listed of wanted) {
    skip();
    const element = changed[at];
    if (element === undefined) return;
    if (isSameElement(element, listed, mergeKey)) at += 1;
  }
  if (at < changed.length)
    throw new StrategicMergeError(
      `The order in patch list:\n${toGoText([...given])}\n doesn't match ${prefix} list:\n${toGoText([...wanted])}\n`,
    );
}

const hasDirective = (element: Value | undefined): boolean => isFields(element) && element.has('$patch');

function isSameElement(element: Value, listed: Value, mergeKey: string): boolean {
  if (mergeKey === '') return isSame(element, listed);
  const [left, right] = [expectFields(element), expectFields(listed)];
  return isSame(expectKey(left, mergeKey), expectKey(right, mergeKey));
}
