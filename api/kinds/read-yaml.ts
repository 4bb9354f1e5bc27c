/** YAML files of strangers, as bytes. */
import { toSentence } from '#domain/failure.ts';
import type { Json } from '#domain/json.ts';
import type { ApiDeps } from '#api/deps.ts';

export type YamlRead =
  | { readonly ok: true; readonly documents: readonly Json[] }
  | { readonly ok: false; readonly found: string };

const limits = { characters: 1024 * 1024, depth: 64, aliasWeight: 64 * 1024 };

export function readYaml(deps: Pick<ApiDeps, 'parseYaml'>, bytes: Uint8Array, object: string): YamlRead {
  const text = decode(bytes);
  if (text === null) return { ok: false, found: 'bytes that are not UTF-8' };
  const read = deps.parseYaml(text, { object, limits });
  if (read.ok) return { ok: true, documents: read.value };
  const [problem] = read.problems;
  return { ok: false, found: problem === undefined ? 'something else' : toSentence(problem) };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
