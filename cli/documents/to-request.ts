import { toName } from './document.ts';
import type { Document } from './document.ts';
import { isAlwaysForm } from './known-anchors.ts';

export type DocumentVerb = 'apply' | 'update' | 'get' | 'delete';

/** What one document becomes on the wire. */
export type DocumentRequest =
  | { readonly method: 'POST' | 'PUT'; readonly path: string; readonly body: 'json' | 'form' | 'none' }
  | { readonly method: 'GET' | 'DELETE'; readonly path: string; readonly body: 'none' }
  | { readonly method: 'skip'; readonly reason: string };

/** Anchors that do something instead of naming a collection. */
const ACTIONS: ReadonlySet<string> = new Set(
  'approve instantiate apply update migrate rollback terminate stop pause resume status'.split(' '),
);

/** Actions that deleting a document undoes by terminating. */
const UNDONE_BY_TERMINATE = new Set(['instantiate', 'apply']);

/** The last segment of an anchor when it is an action, else null. */
export function toAction(anchor: string): string | null {
  const last = (anchor.split('?')[0] ?? '').split('/').at(-1) ?? '';
  return ACTIONS.has(last) && anchor.includes('/') ? last : null;
}

/** EMCO's client's rules: which request a document stands for under each command. */
export function toRequest(document: Document, verb: DocumentVerb): DocumentRequest {
  const action = toAction(document.anchor);
  switch (verb) {
    case 'apply':
      return { method: 'POST', path: `/v2/${document.anchor}`, body: toBodyKind(document) };
    case 'update':
      if (action !== null) return skip(`${action} is not a document`);
      return { method: 'PUT', path: toOwnPath(document), body: toBodyKind(document) };
    case 'get':
      if (action === 'status') return { method: 'GET', path: `/v2/${document.anchor}`, body: 'none' };
      if (action !== null) return skip(`${action} is not a document`);
      return { method: 'GET', path: toOwnPath(document), body: 'none' };
    case 'delete':
      return toUndo(document, action);
  }
}

function toUndo(document: Document, action: string | null): DocumentRequest {
  if (action === null) return { method: 'DELETE', path: toOwnPath(document), body: 'none' };
  if (!UNDONE_BY_TERMINATE.has(action)) return skip(`${action} is not undone`);
  return { method: 'POST', path: `/v2/${document.anchor.replace(/[^/]+$/, 'terminate')}`, body: 'none' };
}

const skip = (reason: string): DocumentRequest => ({ method: 'skip', reason });

/** The document's own address below its collection; the collection itself when it has no name. */
export function toOwnPath(document: Document): string {
  const name = toName(document);
  const collection = `/v2/${document.anchor}`;
  const own = name === '' ? (document.clusterLabel ?? '') : name;
  if (own === '') return collection;
  const version = document.anchor.endsWith('/composite-apps') ? document.spec?.['compositeAppVersion'] : undefined;
  return [collection, own, ...(typeof version === 'string' ? [version] : [])]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

function toBodyKind({ anchor, file, files, metadata, spec, clusterLabel }: Document): 'json' | 'form' | 'none' {
  if (file !== null || files !== null || isAlwaysForm(anchor)) return 'form';
  return metadata === null && spec === null && clusterLabel === null ? 'none' : 'json';
}
