import { type Result, refused, success } from '#domain/failure.ts';
import type { Json } from '#domain/json.ts';
import type { YamlLimits, YamlSource } from '#domain/ports/yaml.ts';
import { YamlError, type YamlNode } from './node.ts';
import { readStrictly } from './read-strictly.ts';
import { readTolerantly } from './read-tolerantly.ts';
import { toJson } from './to-json.ts';

const defaultYamlLimits: YamlLimits = { characters: 8 << 20, depth: 100, aliasWeight: 1 << 20 };

/** The tolerant reader takes nine times as long, so it gets less to read. */
const tolerantCharacters = 1 << 20;

/**
 * All documents of a text from strangers, read as Go's `sigs.k8s.io/yaml` reads them: `yes` is true, `0755` octal, a
 * date text. Refused besides: duplicate keys, merge keys, custom tags, `__proto__`, integers that a double can't hold.
 */
export function parseYamlDocuments(text: string, { object, limits }: YamlSource): Result<readonly Json[]> {
  const { characters, depth, aliasWeight } = { ...defaultYamlLimits, ...limits };
  if (text.length > characters) {
    const found = `${text.length} characters`;
    return refused('document-too-large', [{ object, expected: `at most ${characters} characters of YAML`, found }]);
  }
  try {
    return success(readNodes(text, depth).map((node) => toJson(node, aliasWeight)));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const line = text.slice(0, error.at).split('\n').length;
    const code = error.tooLarge ? 'document-too-large' : 'document-undecodable';
    return refused(code, [{ object, expected: 'YAML that can be read', found: `line ${line}: ${error.message}` }]);
  }
}

/** Strictly first; what only the tolerant reader understands counts too, otherwise the strict reader's error stands. */
function readNodes(text: string, depth: number): readonly YamlNode[] {
  try {
    return readStrictly(text, depth);
  } catch (error) {
    if (!(error instanceof YamlError) || error.tooLarge || text.length > tolerantCharacters) throw error;
    return readTolerantlyOr(text, error);
  }
}

function readTolerantlyOr(text: string, strictError: YamlError): readonly YamlNode[] {
  try {
    return readTolerantly(text);
  } catch {
    throw strictError;
  }
}
