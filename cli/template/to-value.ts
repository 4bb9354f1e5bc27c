import { parseAllDocuments } from 'yaml';

import type { Value } from './value.ts';

/** The first document of a values file as a template sees it. @throws Error that says what is wrong with the YAML */
export function toValue(yaml: string): Value {
  const documents = parseAllDocuments(yaml, { intAsBigInt: true, uniqueKeys: true, merge: true });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (first === undefined) return undefined;
  const [error] = first.errors;
  if (error !== undefined) throw error;
  // Maps, lists, texts, numbers, booleans and null are all that the options above let come out.
  return first.toJS({ mapAsMap: true, maxAliasCount: 100 }) as Value;
}
