/** What stays of a patch's value that meets no value of the original. */
import { type Value, isFields } from './json.ts';

/** The value without the maps that carry `$patch`, in whatever depth; undefined when it is such a map itself. */
export function withoutDirectives(value: Value): Value | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((one) => one !== undefined);
  if (!isFields(value)) return value;
  if (value.has('$patch')) return undefined;
  const kept = [...value].map(([name, one]) => [name, withoutDirectives(one)] as const);
  return new Map(kept.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** Takes fields that are null out of maps, in whatever depth; lists keep theirs. */
export function discardNulls(value: Value): void {
  if (Array.isArray(value)) for (const one of value) discardNulls(one);
  if (!isFields(value)) return;
  for (const [name, one] of value) {
    if (one === null) value.delete(name);
    else discardNulls(one);
  }
}
