import { parse } from 'yaml';
import { Failure, orThrow } from '#domain/failure.ts';
import type { Json } from '#domain/json.ts';
import { parseKubeconfig } from '#domain/kubeconfig.ts';
import type { Kubeconfig } from '#domain/kubeconfig.ts';

const largestKubeconfig = 1024 * 1024;

/** @throws Failure `document-invalid`, never with a value of the file in its message. */
export function readKubeconfig(text: string): Kubeconfig {
  if (text.length > largestKubeconfig) throw invalid('at most 1 MB', `${text.length} characters`);
  return orThrow(parseKubeconfig(decode(text)));
}

function decode(text: string): Json {
  try {
    return parse(text, { maxAliasCount: 20 }) as Json; // YAML's core schema gives JSON values only
  } catch {
    throw invalid('YAML', 'text that is no YAML'); // the parser's message would quote a credential
  }
}

function invalid(expected: string, found: string): Failure {
  return new Failure('document-invalid', [{ object: 'kubeconfig', expected, found }]);
}
