/** `If-Match`: the client changes only what it has seen. */
import type { Request } from 'express';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { Kind } from './kind.ts';
import { HttpProblem } from './problem.ts';

/** The digest that a client saw, `*` for any, undefined without the header. */
export function parseIfMatch(request: Request): string | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return undefined;
  const text = header.trim();
  return text === '*' ? '*' : text.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}

/** @throws HttpProblem 412 when the document is not what the client saw */
export function refuseStale(kind: Kind, present: StoredDocument | null, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  const found = present?.digest;
  if (found !== undefined && (ifMatch === '*' || ifMatch === found)) return;
  throw new HttpProblem({
    status: 412,
    code: 'document-changed',
    text: `${kind.texts.object} has changed`,
    problems: [
      { object: kind.texts.object, expected: `ETag ${ifMatch.slice(0, 80)}`, found: found ?? 'no such document' },
    ],
  });
}
