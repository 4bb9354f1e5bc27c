import { isJsonObject } from '#domain/json.ts';
import type { Json, JsonObject } from '#domain/json.ts';

/** How many members of the object an evaluation may still look at. */
export interface Budget {
  left: number;
}

/**
 * A JSON value as CEL sees it, member by member when it is looked at: whole numbers are `int`, and every look costs, so
 * that an expression ends however large the object is.
 */
export function toCelValue(value: Json, budget: Budget): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value) || isJsonObject(value)) return new Proxy<object>(value, watching(budget));
  return value;
}

/** The members of an object that expressions may name; those that are not there are empty. */
export function toCelContext(object: JsonObject, budget: Budget): Readonly<Record<string, unknown>> {
  const text = (name: string): Json => object[name] ?? '';
  const map = (name: string): unknown => toCelValue(object[name] ?? {}, budget);
  return {
    apiVersion: text('apiVersion'),
    kind: text('kind'),
    metadata: map('metadata'),
    spec: map('spec'),
    status: map('status'),
    data: map('data'),
  };
}

const watching = (budget: Budget): ProxyHandler<object> => ({
  get(target, name) {
    const value: unknown = Reflect.get(target, name);
    if (!Object.hasOwn(target, name) || (Array.isArray(target) && name === 'length')) return value;
    spend(budget, 1);
    // members of JSON are JSON
    return toCelValue(value as Json, budget);
  },
  ownKeys(target) {
    const keys = Reflect.ownKeys(target);
    spend(budget, keys.length);
    return keys;
  },
});

function spend(budget: Budget, looks: number): void {
  budget.left -= looks;
  if (budget.left < 0) throw new RangeError('looks at too many members of the object');
}
