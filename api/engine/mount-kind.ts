/** The five operations of every kind. */
import type { Response, Router } from 'express';
import type { Json } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { actorOf } from './actor.ts';
import { answerItem, toETag } from './answer-item.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from './endpoint.ts';
import { parseIfMatch, refuseStale } from './if-match.ts';
import type { Kind, PathNames } from './kind.ts';
import { toItemTemplate, toKey, toParentTemplate, toRoute } from './paths.ts';
import { emcoTexts, HttpProblem } from './problem.ts';
import { makeDraft, readDraft, toOwnNames } from './read-draft.ts';
import { sendJson } from './respond.ts';
import { toListed, toShown } from './show.ts';
import { createDocument, replaceDocument } from './write-document.ts';

export function mountKind(router: Router, kind: Kind, deps: ApiDeps): void {
  const on = (make: (kind: Kind, deps: ApiDeps) => Handler) => endpoint(make(kind, deps), kind.failureTexts);
  const collection = toRoute(kind.collection);
  router
    .route(collection)
    .post(on(creating))
    .get(on(listing))
    .all(refuseMethods(['GET', 'POST']));
  if (kind.slashView !== undefined) router.get(`${collection}/`, on(viewing));
  router
    .route(toRoute(toItemTemplate(kind)))
    .get(on(reading))
    .put(on(replacing))
    .delete(on(removing))
    .all(refuseMethods(['GET', 'PUT', 'DELETE']));
}

const creating =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const read = await readDraft(kind, request);
    const draft = makeDraft(kind, read, { deps, names: namesOf(request), existing: null, warn: warner(response) });
    const stored = await createDocument(kind, draft, request);
    response.setHeader('Location', `/v2${stored.key}`);
    sendStored(kind, response, { stored, status: 201 });
  };

const replacing =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const read = await readDraft(kind, request);
    const names = namesOf(request);
    refuseMismatch(kind, names, toOwnNames(kind, read.body));
    const existing = await findItem(kind, deps, names);
    if (existing === null && kind.putCreates === false) throw missing(kind.texts.notFound);
    const draft = makeDraft(kind, read, { deps, names, existing, warn: warner(response) });
    const { stored, created } = await replaceDocument(kind, draft, request);
    const codes = kind.putCodes ?? { replaced: 201, created: 201 };
    sendStored(kind, response, { stored, status: created ? codes.created : codes.replaced });
  };

const reading =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const document = await findItem(kind, deps, names);
    if (document === null) throw missing(kind.texts.notFound);
    const view = kind.itemView?.({ deps, names, query: request.query }, toShown(kind, document));
    if (view !== undefined && 'json' in view) sendJson(response, 200, view.json);
    else await answerItem({ kind, deps, request, response }, document);
  };

const listing =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const documents = await loadList(kind, deps, names);
    const view = await kind.listView?.({ deps, names, query: request.query }, documents);
    if (view !== undefined && 'item' in view) await answerItem({ kind, deps, request, response }, view.item);
    else sendJson(response, 200, view === undefined ? toList(kind, documents) : view.json);
  };

const viewing =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const view = kind.slashView?.({ deps, names, query: request.query }, await loadList(kind, deps, names));
    if (view === undefined || !('json' in view)) {
      throw new HttpProblem({ status: 404, code: 'route-not-found', text: emcoTexts.routeMissing });
    }
    sendJson(response, 200, view.json);
  };

const removing =
  (kind: Kind, deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const document = await findItem(kind, deps, names);
    if (document === null) throw missing(kind.texts.deleteMissing ?? emcoTexts.missing);
    refuseStale(kind, document, parseIfMatch(request));
    await kind.beforeRemove?.({ deps, document, names });
    await deps.store.documents.remove(document.key, actorOf(request));
    await kind.afterRemove?.({ deps, document, names });
    response.status(204).end();
  };

async function findItem(kind: Kind, deps: ApiDeps, names: PathNames): Promise<StoredDocument | null> {
  const key = toKey(toItemTemplate(kind), names);
  const document = key === null ? null : await deps.store.documents.find(key);
  return document?.kind === kind.kind ? document : null;
}

async function loadList(kind: Kind, deps: ApiDeps, names: PathNames): Promise<readonly StoredDocument[]> {
  const template = toParentTemplate(kind);
  const parent = template === '' ? null : toKey(template, names);
  const hasParent = template === '' || parent !== null;
  if (kind.listParentMissing !== undefined) {
    if (parent === null || (await deps.store.documents.find(parent)) === null) throw missing(kind.listParentMissing);
  }
  return hasParent ? deps.store.documents.list(kind.kind, parent) : [];
}

function toList(kind: Kind, documents: readonly StoredDocument[]): Json {
  if (documents.length === 0 && kind.listForm !== 'empty') return null;
  return documents.map((document) => toListed(kind, document));
}

const missing = (text: string): HttpProblem => new HttpProblem({ status: 404, code: 'document-not-found', text });

function refuseMismatch(kind: Kind, names: PathNames, own: PathNames): void {
  const different = kind.params.filter((param) => names[param] !== own[param]);
  if (different.length === 0) return;
  const problems = different.map((param) => ({
    object: kind.texts.object,
    expected: `${param} ${names[param]}, as in the path`,
    found: own[param] ?? 'none',
  }));
  const { status = 400, text = emcoTexts.mismatch } = kind.texts.mismatch ?? {};
  throw new HttpProblem({ status, code: 'document-invalid', text, problems });
}

function sendStored(
  kind: Kind,
  response: Response,
  answer: { readonly stored: StoredDocument; readonly status: number },
): void {
  response.setHeader('ETag', toETag(answer.stored));
  sendJson(response, answer.status, toShown(kind, answer.stored));
}

const warner =
  (response: Response) =>
  (text: string): void => {
    response.append('Warning', `299 emco "${text.replaceAll(/[^\x20-\x7e]|["\\]/g, ' ').slice(0, 300)}"`);
  };
