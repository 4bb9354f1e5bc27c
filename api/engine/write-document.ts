/** Creates and replaces documents. */
import type { Request } from 'express';
import type { DocumentFile, NewDocument, StoredDocument } from '#domain/ports/documents.ts';
import { parseIfMatch, refuseStale } from './if-match.ts';
import type { Draft, Kind } from './kind.ts';
import { toSealed } from './show.ts';
import { actorOf } from './actor.ts';
import { checkFiles } from './read-draft.ts';

export async function createDocument(kind: Kind, asked: Draft, request: Request): Promise<StoredDocument> {
  const draft = await checkFiles(kind, asked);
  await kind.beforeWrite?.(draft);
  const stored = await draft.deps.store.documents.create(await toNewDocument(kind, draft), actorOf(request));
  await kind.afterWrite?.(draft, stored);
  return stored;
}

export async function replaceDocument(
  kind: Kind,
  asked: Draft,
  request: Request,
): Promise<{ readonly stored: StoredDocument; readonly created: boolean }> {
  const ifMatch = parseIfMatch(request);
  refuseStale(kind, asked.existing, ifMatch);
  const draft = await checkFiles(kind, asked);
  await kind.beforeWrite?.(draft);
  const document = await toNewDocument(kind, draft);
  const digest = ifMatch === '*' ? draft.existing?.digest : ifMatch;
  const { documents } = draft.deps.store;
  const answer =
    digest === undefined
      ? await documents.put(document, actorOf(request))
      : await documents.put(document, actorOf(request), digest);
  await kind.afterWrite?.(draft, answer.stored);
  return answer;
}

async function toNewDocument(kind: Kind, draft: Draft): Promise<NewDocument> {
  const { body, secrets } = toSealed(kind, draft.body, draft.existing);
  const references = kind.references?.(draft.body, draft.names) ?? [];
  return {
    key: draft.key,
    kind: kind.kind,
    parent: draft.parent,
    body,
    secrets,
    files: await toFiles(kind, draft),
    references: [...new Set(references)].filter((key) => key !== draft.key).sort(),
  };
}

async function toFiles(kind: Kind, draft: Draft): Promise<readonly DocumentFile[]> {
  if (kind.upload === undefined) return [];
  if (draft.files.length === 0 && kind.upload.keepsFiles) return draft.existing?.files ?? [];
  const addresses = await draft.deps.store.blobs.putMany(draft.files.map((file) => file.bytes));
  return draft.files.flatMap(({ part, fileName, contentType, bytes }, index) => {
    const content = addresses[index];
    return content === undefined ? [] : [{ part, fileName, contentType, size: bytes.length, content }];
  });
}
