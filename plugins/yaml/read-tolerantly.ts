/**
 * The slow reader, for what Go's parser accepts and YAML 1.2 does not: above all a closing bracket that is not indented
 * more than its key, which many charts have.
 */
import { type ParsedNode, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { YamlError, type YamlNode } from './node.ts';

/** One node for each document. @throws YamlError */
export function readTolerantly(text: string): readonly YamlNode[] {
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
    prettyErrors: false,
  });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error) throw new YamlError(error.message, error.pos[0]);
    return document.contents === null ? emptyScalar : toNode(document.contents);
  });
}

const emptyScalar: YamlNode = { kind: 'scalar', at: 0, tag: '', anchor: '', text: '', plain: true };

function toNode(node: ParsedNode | null): YamlNode {
  if (node === null) return emptyScalar;
  const at = node.range[0];
  if (isAlias(node)) return { kind: 'alias', at, name: node.source };
  const marks = { at, tag: toWrittenTag(node.tag), anchor: node.anchor ?? '' };
  if (isSeq(node)) return { ...marks, kind: 'sequence', items: node.items.map((item) => toNode(item)) };
  if (isMap(node)) {
    return {
      ...marks,
      kind: 'mapping',
      pairs: node.items.map(({ key, value }) => [toNode(key), toNode(value)]),
    };
  }
  if (!isScalar(node)) throw new YamlError('a node of unknown sort', at);
  const plain = node.type === 'PLAIN' || node.type === undefined;
  // The failsafe schema resolves every scalar to its text; an absent one is null.
  return { ...marks, kind: 'scalar', text: typeof node.value === 'string' ? node.value : '', plain };
}

const toWrittenTag = (tag: string | undefined): string =>
  tag === undefined || tag === '!' ? (tag ?? '') : `!<${tag}>`;
