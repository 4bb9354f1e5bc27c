/** From path templates to keys of documents and routes. */
import type { DocumentKey } from '#domain/group.ts';
import type { Kind, PathNames } from './kind.ts';

/** EMCO's pattern of names; every segment of a key has it, so a key cannot be ambiguous. */
export const namePattern = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
export const longestName = 128;

export const isName = (text: string): boolean => text.length <= longestName && namePattern.test(text);

/** The key of a filled template, or null when a value is no name: then nothing can be there. */
export function toKey(template: string, names: PathNames): DocumentKey | null {
  let valid = true;
  const key = template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = names[name] ?? '';
    if (!isName(value)) valid = false;
    return value;
  });
  // A filled template of valid names is what the brand says.
  return valid ? (key as DocumentKey) : null;
}

/** The template of one document: `/projects/{project}`. */
export const toItemTemplate = (kind: Pick<Kind, 'collection' | 'params'>): string =>
  `${kind.collection}${kind.params.map((param) => `/{${param}}`).join('')}`;

/** The template of the parent: the collection without its last segment; empty for a root kind. */
export const toParentTemplate = (kind: Pick<Kind, 'collection'>): string =>
  kind.collection.slice(0, kind.collection.lastIndexOf('/'));

/** Express spells `{name}` as `:name`. */
export const toRoute = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ':$1');

export const toParameterNames = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
