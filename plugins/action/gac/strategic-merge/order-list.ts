/** In which order the elements of a merged list stand. */
import { type ElementType, expectFields, expectKey, expectScalar, isSame, placeOf } from './compare.ts';
import { type Value, isFields } from './json.ts';

/** The elements of a merged list: those that an order lists, and all others. */
export interface Split {
  readonly listed: readonly Value[];
  readonly others: readonly Value[];
}

export function splitList(merged: readonly Value[], order: readonly Value[], mergeKey: string): Split {
  const isListed = mergeKey === '' ? isListedScalar(order) : isListedMap(order, mergeKey);
  const places = merged.map(isListed);
  return { listed: merged.filter((_, at) => places[at]), others: merged.filter((_, at) => !places[at]) };
}

export interface Ordering {
  /** '' for a list without one. */
  readonly mergeKey: string;
  readonly elements: ElementType;
  /** The order of the listed elements. */
  readonly patchOrder: readonly Value[];
  /** The order of the others, which also says where they go between the listed ones. */
  readonly originalOrder: readonly Value[];
}

export function joinLists({ listed, others }: Split, ordering: Ordering): Value[] {
  const right = sortBy(listed, ordering.patchOrder, ordering);
  return interleave(sortBy(others, ordering.originalOrder, ordering), right, ordering);
}

function isListedScalar(order: readonly Value[]): (element: Value) => boolean {
  const listed = new Set(order.map(expectScalar));
  return (element) => listed.has(expectScalar(element));
}

function isListedMap(order: readonly Value[], mergeKey: string): (element: Value) => boolean {
  return (element) => placeOf(order, mergeKey, expectKey(expectFields(element), mergeKey)) >= 0;
}

/**
 * Insertion sort, since the order of elements that are not listed follows from it: each goes before all that came earlier.
 * Elements that a patch deletes come last.
 */
function sortBy(list: readonly Value[], order: readonly Value[], ordering: Ordering): Value[] {
  if (ordering.elements === 'map')
    for (const element of [...list, ...order]) expectKey(expectFields(element), ordering.mergeKey);
  const isDeleted = (one: Value): boolean =>
    ordering.elements === 'map' && isFields(one) && one.get('$patch') === 'delete';
  const sorted = list.filter((one) => !isDeleted(one)).map((element) => ({ element, place: -1 }));
  if (sorted.length > 1) for (const one of sorted) one.place = indexIn(order, one.element, ordering);
  for (let next = 1; next < sorted.length; next += 1)
    for (let at = next; at > 0; at -= 1) {
      const [left, right] = sorted.slice(at - 1, at + 1);
      if (left === undefined || right === undefined || !isBefore(right.place, left.place)) break;
      sorted.splice(at - 1, 2, right, left);
    }
  return [...sorted.map(({ element }) => element), ...list.filter(isDeleted)];
}

const isBefore = (place: number, other: number): boolean => place < 0 || other < 0 || place < other;

function indexIn(order: readonly Value[], element: Value, { elements, mergeKey }: Ordering): number {
  const keyOf = (one: Value): Value =>
    elements === 'map' ? (isFields(one) ? (one.get(mergeKey) ?? null) : null) : one;
  const key = keyOf(element);
  return order.findIndex((one) => isSame(key, keyOf(one)));
}

/** Takes from the left only what the original has before the next one of the right. */
function interleave(left: readonly Value[], right: readonly Value[], ordering: Ordering): Value[] {
  const all: Value[] = [];
  let [fromLeft, fromRight] = [0, 0];
  while (fromLeft < left.length && fromRight < right.length) {
    const [ours, theirs] = [left[fromLeft] ?? null, right[fromRight] ?? null];
    const place = indexIn(ordering.originalOrder, ours, ordering);
    const other = indexIn(ordering.originalOrder, theirs, ordering);
    const takeLeft = place >= 0 && other >= 0 && place < other;
    all.push(takeLeft ? ours : theirs);
    if (takeLeft) fromLeft += 1;
    else fromRight += 1;
  }
  return [...all, ...left.slice(fromLeft), ...right.slice(fromRight)];
}
