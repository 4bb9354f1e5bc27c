import { isRecord } from '#cli/http/problem.ts';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document as YamlDocument } from 'yaml';

import type { Document } from './document.ts';

export interface YamlText {
  /** File name, or `stdin`. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
}

export interface ParsedDocuments {
  readonly documents: readonly Document[];
  /** Everything that makes the stream unusable. */
  readonly problems: readonly string[];
  /** Things that EMCO's client passes over in silence. */
  readonly warnings: readonly string[];
}

const MEMBERS = new Set(['version', 'resourceContext', 'metadata', 'spec', 'clusterLabel', 'file', 'files']);

/** Reads EMCO's multi-document YAML; empty documents are passed over, as EMCO's client does. */
export function parseDocuments({ name, folder, text }: YamlText): ParsedDocuments {
  const lines = new LineCounter();
  const documents: Document[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  const all: readonly YamlDocument[] = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, merge: false });
  for (const yaml of all) {
    const at = `${name}:${lines.linePos(yaml.contents?.range?.[0] ?? 0).line}`;
    const wrong = yaml.errors.map((error) => `${name}: expected YAML, found ${error.message}`);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const value = toValue(yaml, at, problems);
    if (value === null || value === undefined) continue;
    const document = toDocument(value, { at, folder });
    if ('problems' in document) problems.push(...document.problems);
    else documents.push(document);
    const unknown = isRecord(value) ? Object.keys(value).filter((key) => !MEMBERS.has(key)) : [];
    warnings.push(...unknown.map((key) => `${at}: member ${key} is not known and is passed over`));
  }
  return { documents, problems, warnings };
}

function toValue(yaml: YamlDocument, at: string, problems: string[]): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problems.push(`${at}: expected few aliases, found ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

function toDocument(
  value: unknown,
  { at, folder }: Pick<Document, 'at' | 'folder'>,
): Document | { readonly problems: readonly string[] } {
  if (!isRecord(value)) return { problems: [`${at}: expected a map, found ${typeOf(value)}`] };
  const { resourceContext, metadata = null, spec = null, clusterLabel = null, file = null, files = null } = value;
  const anchor = toAnchor(isRecord(resourceContext) ? resourceContext['anchor'] : undefined);
  const problems = [
    anchor.problem,
    metadata === null || isRecord(metadata) ? '' : `metadata: expected a map, found ${typeOf(metadata)}`,
    spec === null || isRecord(spec) ? '' : `spec: expected a map, found ${typeOf(spec)}`,
    clusterLabel === null || typeof clusterLabel === 'string'
      ? ''
      : `clusterLabel: expected a string, found ${typeOf(clusterLabel)}`,
    file === null || typeof file === 'string' ? '' : `file: expected a path, found ${typeOf(file)}`,
    isPaths(files) ? '' : `files: expected a list of paths, found ${typeOf(files)}`,
    file !== null && files !== null ? 'file and files: expected one of them, found both' : '',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) return { problems: problems.map((problem) => `${at}: ${problem}`) };
  return {
    at,
    folder,
    anchor: anchor.value,
    metadata: isRecord(metadata) ? metadata : null,
    spec: isRecord(spec) ? spec : null,
    clusterLabel: typeof clusterLabel === 'string' ? clusterLabel : null,
    file: typeof file === 'string' ? file : null,
    files: isPaths(files) ? files : null,
  };
}

/** The path below `/v2/`; a leading `/v2/` or `/` is taken off. */
export function toAnchor(text: unknown): { readonly value: string; readonly problem: string } {
  if (typeof text !== 'string' || text.trim() === '') {
    return {
      value: '',
      problem: `resourceContext.anchor: expected a path such as projects/shop, found ${typeOf(text)}`,
    };
  }
  const value = text
    .trim()
    .replace(/^\/?v2\//, '')
    .replace(/^\/+|\/+$/g, '');
  const segments = (value.split('?')[0] ?? '').split('/');
  const bad = segments.find((segment) => !/^[A-Za-z0-9._+%~-]+$/.test(segment) || /^\.+$/.test(segment));
  if (bad === undefined) return { value, problem: '' };
  return { value: '', problem: `resourceContext.anchor: expected names between single slashes, found ${text}` };
}

const isPaths = (value: unknown): value is readonly string[] | null =>
  value === null || (Array.isArray(value) && value.every((path) => typeof path === 'string'));

const typeOf = (value: unknown): string =>
  value === undefined || value === null || value === ''
    ? 'none'
    : Array.isArray(value)
      ? 'a list'
      : `a ${typeof value}`;
