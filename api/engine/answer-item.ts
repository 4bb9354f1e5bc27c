/** Answers one document: JSON, its file, or both, as the client accepts. */
import type { Request, Response } from 'express';
import type { DocumentFile, StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { chooseRepresentation } from './accept.ts';
import type { Kind, UploadDeclaration } from './kind.ts';
import { HttpProblem } from './problem.ts';
import { type AnswerPart, jsonPart, sendBytes, sendJson, sendMultipart } from './respond.ts';
import { toShown } from './show.ts';

export interface ItemAnswer {
  readonly kind: Kind;
  readonly deps: ApiDeps;
  readonly request: Request;
  readonly response: Response;
}

export async function answerItem(answer: ItemAnswer, document: StoredDocument): Promise<void> {
  const { kind, request, response } = answer;
  response.setHeader('ETag', toETag(document));
  const shown = toShown(kind, document);
  if (kind.upload === undefined) {
    sendUnlessKnown(request, response, () => sendJson(response, 200, shown));
    return;
  }
  response.vary('Accept');
  // A document that never had a file, such as a Git cluster, is JSON whatever is asked.
  const form = document.files.length === 0 ? 'json' : chooseRepresentation(request.headers.accept);
  if (form === null) throw notAcceptable(kind, kind.upload);
  if (form === 'json') {
    sendUnlessKnown(request, response, () => sendJson(response, 200, shown));
    return;
  }
  const files = await loadFiles(answer, document, kind.upload);
  if (form === 'file')
    sendBytes(response.status(200), 'application/octet-stream', Buffer.concat(files.map((file) => file.bytes)));
  else sendMultipart(response, [jsonPart(kind.upload.documentPart, shown), ...files]);
}

/** The digest is over body, secrets and files. */
export const toETag = (document: StoredDocument): string => `"${document.digest}"`;

function sendUnlessKnown(request: Request, response: Response, send: () => void): void {
  const known = request.headers['if-none-match'];
  if (known !== undefined && known === response.getHeader('ETag')) response.status(304).end();
  else send();
}

async function loadFiles(
  { deps }: ItemAnswer,
  document: StoredDocument,
  upload: UploadDeclaration,
): Promise<readonly AnswerPart[]> {
  const blobs = await deps.store.blobs.getMany(document.files.map((file) => file.content));
  return document.files.map((file) => {
    const bytes = blobs.get(file.content) ?? new Uint8Array();
    return {
      name: file.part,
      fileName: upload.answerName ?? toFileName(file),
      contentType: 'application/octet-stream',
      bytes: upload.redact?.(deps, bytes) ?? bytes,
    };
  });
}

const toFileName = (file: DocumentFile): string => (file.fileName === '' ? file.part : file.fileName);

const notAcceptable = (kind: Kind, upload: UploadDeclaration): HttpProblem =>
  new HttpProblem({
    status: 406,
    code: 'not-acceptable',
    text: upload.acceptText,
    problems: [
      {
        object: kind.texts.object,
        expected: 'Accept with application/json, application/octet-stream or multipart/form-data',
        found: 'none of them',
      },
    ],
  });
