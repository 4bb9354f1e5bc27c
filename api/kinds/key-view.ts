import { memberAt } from '#domain/document-secrets.ts';
import type { JsonObject } from '#domain/json.ts';
import type { View, ViewRequest } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { toPairs } from './fields.ts';

/** `?key=k` answers `{"value": v}` of the pairs in `spec.kv`. */
export const keyView =
  (missingText: string) =>
  ({ query }: ViewRequest, shown: JsonObject): View => {
    const { key } = query;
    if (typeof key !== 'string') return undefined;
    const pairs = toPairs(memberAt(shown, ['spec', 'kv']));
    const value = Object.hasOwn(pairs, key) ? pairs[key] : undefined;
    if (value === undefined) throw new HttpProblem({ status: 404, code: 'document-not-found', text: missingText });
    return { json: { value } };
  };

export const keyQuery = { name: 'key', description: 'Answer only the value of this key' };
