/** From a request to a draft: body read, decoded, judged, files within limits. */
import type { Request } from 'express';
import { Failure } from '#domain/failure.ts';
import type { DocumentKey } from '#domain/group.ts';
import { isJsonObject, type JsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { judgeBody } from './judge-body.ts';
import type { Draft, Kind, PathNames, UploadDeclaration } from './kind.ts';
import { readMultipart, type UploadedFile } from './multipart.ts';
import { toItemTemplate, toKey, toParentTemplate } from './paths.ts';
import { emcoTexts, HttpProblem } from './problem.ts';
import { readJsonBody, toJson } from './read-body.ts';

export interface ReadDraft {
  readonly body: JsonObject;
  readonly files: readonly UploadedFile[];
}

export async function readDraft(kind: Kind, request: Request): Promise<ReadDraft> {
  const { object, empty = 'Empty body', undecodable } = kind.texts;
  const texts = { object, emptyText: empty, ...(undecodable === undefined ? {} : { undecodableText: undecodable }) };
  const judge = { schema: kind.schema, ...texts, ...(kind.firstChecks ? { firstChecks: kind.firstChecks } : {}) };
  if (kind.upload === undefined) {
    const json = await readJsonBody(request, texts);
    return { body: tidy(kind, judgeBody(refuseNull(kind, json), judge)), files: [] };
  }
  const { metadata, files } = await readMultipart(request, kind.upload);
  const body = tidy(kind, judgeBody(refuseNull(kind, toJson(metadata, texts)), judge));
  const kept = kind.upload.dropsEmptyFiles ? files.filter((file) => file.bytes.length > 0) : files;
  return { body, files: kept };
}

/** EMCO's gac has a text of its own for a body of `null`; the others take it for an empty object. */
function refuseNull(kind: Kind, json: ReturnType<typeof toJson>): ReturnType<typeof toJson> {
  if (json !== null || kind.texts.undecodable === undefined) return json;
  throw new HttpProblem({ status: 400, code: 'document-invalid', text: 'invalid payload' });
}

const tidy = (kind: Kind, body: JsonObject): JsonObject => kind.tidy?.(body) ?? body;

export interface DraftPlace {
  readonly deps: ApiDeps;
  readonly names: PathNames;
  readonly existing: StoredDocument | null;
  readonly warn: (text: string) => void;
}

export function makeDraft(kind: Kind, read: ReadDraft, place: DraftPlace): Draft {
  const parent = toParentKey(kind, place.names);
  const key = toKey(toItemTemplate(kind), { ...place.names, ...toOwnNames(kind, read.body) });
  if (key === null) throw new Failure('document-invalid', [], `${kind.texts.object}: expected a name, found none`);
  return { ...read, ...place, key, parent };
}

/** The values of the kind's own parameters that a body names. */
export function toOwnNames(kind: Kind, body: JsonObject): PathNames {
  const values = kind.identify?.(body) ?? [toMetadataName(body)];
  return Object.fromEntries(kind.params.map((param, index) => [param, values[index] ?? '']));
}

function toMetadataName(body: JsonObject): string {
  const metadata = body['metadata'];
  const name = isJsonObject(metadata) ? metadata['name'] : '';
  return typeof name === 'string' ? name : '';
}

/** @throws Failure `parent-not-found` for names that nothing can have */
function toParentKey(kind: Kind, names: PathNames): DocumentKey | null {
  const template = toParentTemplate(kind);
  if (template === '') return null;
  const parent = toKey(template, names);
  if (parent !== null) return parent;
  throw new Failure('parent-not-found', [{ object: kind.texts.object, expected: 'a parent', found: 'no such name' }]);
}

/** @throws HttpProblem when files are missing or refused */
export async function checkFiles(kind: Kind, draft: Draft): Promise<Draft> {
  const { upload } = kind;
  if (upload === undefined) return draft;
  const keeps = upload.keepsFiles && (draft.existing?.files.length ?? 0) > 0;
  if (draft.files.length === 0 && !keeps && upload.isRequired(draft.body)) throw noFile(kind, upload);
  await upload.check?.(draft);
  const { isUsable } = upload;
  return isUsable === undefined ? draft : { ...draft, files: draft.files.filter((file) => isUsable(draft, file)) };
}

const noFile = (kind: Kind, upload: UploadDeclaration): HttpProblem =>
  new HttpProblem({
    status: 422,
    code: 'document-undecodable',
    text: upload.missingText ?? emcoTexts.noFile,
    problems: [{ object: kind.texts.object, expected: `a part ${upload.part}`, found: 'none' }],
  });
