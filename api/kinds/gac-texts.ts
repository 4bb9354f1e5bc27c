/** The words of EMCO's generic action controller, which differ from the other services'. */
import { memberAt } from '#domain/document-secrets.ts';
import type { JsonObject } from '#domain/json.ts';
import type { KindTexts } from '#api/engine/kind.ts';

export const gacTexts = (word: string): KindTexts => ({
  object: word,
  notFound: `${word} not found`,
  deleteMissing: `${word} not found`,
  exists: `${word} already exists`,
  mismatch: { status: 400, text: `the ${word} name is not matching with the name in the request` },
  empty: 'empty request body',
  undecodable: 'error decoding the request body',
});

type Requirement = readonly [path: readonly string[], text: string];

/** All texts of the members that are missing or empty. */
export const requireFields =
  (requirements: readonly Requirement[]) =>
  (body: JsonObject): readonly string[] =>
    requirements.filter(([path]) => (memberAt(body, path) ?? '') === '').map(([, text]) => text);
