import { Failure } from '#domain/failure.ts';
import type { DocumentKey } from '#domain/group.ts';
import type { Actor, DocumentBody, Documents, NewDocument, StoredDocument } from '#domain/ports/documents.ts';

import { appendAudit } from './audit.ts';
import { toBatches } from './batches.ts';
import type { Database, Query } from './database.ts';
import type { DocumentRow, RowDeps } from './document-rows.ts';
import {
  documentColumns,
  insertDocuments,
  insertReferences,
  toDigest,
  toDocument,
  toDocumentBytes,
  updateDocument,
} from './document-rows.ts';
import { removeDocument } from './remove-document.ts';
import { ConstraintError } from './to-failure.ts';

export interface DocumentsDeps extends RowDeps {
  readonly database: Database;
  readonly now: () => Date;
}

export function makeDocuments(deps: DocumentsDeps): Documents {
  const select = async (where: string, values: readonly unknown[]): Promise<readonly StoredDocument[]> => {
    const text = `select ${documentColumns} from documents d where ${where} order by d.sequence`;
    const { rows } = await deps.database.query<DocumentRow>(text, values);
    return rows.map((row) => toDocument(row, deps));
  };
  return {
    async create(document, actor) {
      await createMany(deps, [document], actor);
      return existing(await select('d.key = $1', [document.key]), document.key);
    },
    createMany: (documents, actor) => createMany(deps, documents, actor),
    find: async (key) => (await select('d.key = $1', [key]))[0] ?? null,
    async findMany(keys) {
      const found = await select('d.key = any($1)', [keys]);
      return new Map(found.map((document) => [document.key, document]));
    },
    digestsOf: (keys) => digestsOf(deps.database, keys),
    list: (kind, parent) =>
      parent === null
        ? select('d.kind = $1 and d.parent is null', [kind])
        : select('d.kind = $1 and d.parent = $2', [kind, parent]),
    // '0' follows '/' in collation C
    listBelow: (key, kinds) => select(`d.key > $1 || '/' and d.key < $1 || '0' and d.kind = any($2)`, [key, kinds]),
    listOfParents: (kind, parents) => select('d.kind = $1 and d.parent = any($2)', [kind, parents]),
    bodiesOfParents: (kind, parents) => bodiesOfParents(deps.database, kind, parents),
    versionsOfChildren: (parents) => versionsOfChildren(deps.database, parents),
    async put(document, actor, ifMatch) {
      const created = await put(deps, document, { actor, ifMatch });
      return { stored: existing(await select('d.key = $1', [document.key]), document.key), created };
    },
    remove: (key, actor) => removeDocument(deps, key, actor),
  };
}

/** One row and two texts a parent; both columns hold JSON. */
async function bodiesOfParents(
  database: Database,
  kind: string,
  parents: readonly DocumentKey[],
): Promise<ReadonlyMap<DocumentKey, readonly DocumentBody[]>> {
  const { rows } = await database.query<{ parent: DocumentKey; bodies: string; files: string }>(
    `select parent, string_agg(body, ',' order by sequence) as bodies, string_agg(files, ',' order by sequence) as files
     from documents where kind = $1 and parent = any($2) group by parent`,
    [kind, parents],
  );
  return new Map(
    rows.map(({ parent, bodies, files }) => {
      const allFiles = JSON.parse(`[${files}]`) as readonly DocumentBody['files'][];
      const allBodies = JSON.parse(`[${bodies}]`) as readonly DocumentBody['body'][];
      return [parent, allBodies.map((body, at) => ({ body, files: allFiles[at] ?? [] }))];
    }),
  );
}

async function digestsOf(database: Database, keys: readonly DocumentKey[]): Promise<ReadonlyMap<DocumentKey, string>> {
  const { rows } = await database.query<{ key: DocumentKey; digest: string }>(
    'select key, digest from documents where key = any($1)',
    [keys],
  );
  return new Map(rows.map(({ key, digest }) => [key, digest]));
}

async function versionsOfChildren(
  database: Database,
  parents: readonly DocumentKey[],
): Promise<ReadonlyMap<DocumentKey, number>> {
  const { rows } = await database.query<{ parent: DocumentKey; version: number }>(
    'select parent, version from document_children where parent = any($1)',
    [parents],
  );
  return new Map(rows.map(({ parent, version }) => [parent, version]));
}

function existing(found: readonly StoredDocument[], key: DocumentKey): StoredDocument {
  const [document] = found;
  if (document !== undefined) return document;
  throw notFound(key);
}

const notFound = (key: DocumentKey): Failure =>
  new Failure('document-not-found', [{ object: `document ${key}`, expected: 'a document', found: 'none' }]);

async function createMany(deps: DocumentsDeps, documents: readonly NewDocument[], actor: Actor): Promise<void> {
  if (documents.length === 0) return;
  try {
    await deps.database.transaction(async (query) => {
      for (const batch of toBatches(documents, toDocumentBytes)) await insert(query, batch, { deps, actor });
    });
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    throw await explain(deps.database, documents, error);
  }
}

async function insert(
  query: Query,
  documents: readonly NewDocument[],
  { deps, actor }: { deps: DocumentsDeps; actor: Actor },
): Promise<void> {
  const time = deps.now().toISOString();
  await insertDocuments(query, documents, { deps, time });
  await insertReferences(query, documents);
  await appendAudit(
    query,
    documents.map((document) => ({
      time,
      actor: actor.name,
      action: 'create',
      object: document.key,
      before: '',
      after: toDigest(document, deps),
      detail: document.kind,
    })),
  );
}

/** Names the documents behind a violated constraint. */
async function explain(
  database: Database,
  documents: readonly NewDocument[],
  error: ConstraintError,
): Promise<Failure> {
  const isParent = error.constraint === 'documents_parent';
  const asked = isParent ? documents.flatMap(({ parent }) => parent ?? []) : documents.map(({ key }) => key);
  const { rows } = await database.query<{ key: DocumentKey }>('select key from documents where key = any($1)', [asked]);
  const present = new Set(rows.map(({ key }) => key));
  if (!isParent) return alreadyExists(documents, present);
  const own = new Set(documents.map(({ key }) => key));
  const missing = asked.filter((key) => !present.has(key) && !own.has(key));
  const named = missing.length > 0 ? missing : asked;
  const problems = [...new Set(named)].map((key) => ({
    object: `parent ${key}`,
    expected: 'a document',
    found: 'none',
  }));
  return new Failure('parent-not-found', problems);
}

function alreadyExists(documents: readonly NewDocument[], present: ReadonlySet<DocumentKey>): Failure {
  const keys = documents.map(({ key }) => key);
  const doubled = keys.filter((key, index) => present.has(key) || keys.indexOf(key) !== index);
  const named = doubled.length > 0 ? doubled : keys;
  const expected = 'no document of this name';
  return new Failure(
    'already-exists',
    named.map((key) => ({ object: `document ${key}`, expected, found: 'one that exists' })),
  );
}

interface PutOptions {
  readonly actor: Actor;
  readonly ifMatch: string | undefined;
}

/** Answers whether the document is new. A document made at the same moment by somebody else is then replaced. */
async function put(deps: DocumentsDeps, document: NewDocument, options: PutOptions): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.database.transaction((query) => putOnce(query, document, { ...options, deps }));
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      if (error.constraint === 'documents_parent' || attempt === 3)
        throw await explain(deps.database, [document], error);
    }
  }
}

async function putOnce(
  query: Query,
  document: NewDocument,
  { deps, actor, ifMatch }: PutOptions & { deps: DocumentsDeps },
): Promise<boolean> {
  const { rows } = await query<{ digest: string }>('select digest from documents where key = $1 for update', [
    document.key,
  ]);
  const before = rows[0]?.digest;
  if (ifMatch !== undefined && before === undefined) throw notFound(document.key);
  if (ifMatch !== undefined && ifMatch !== before) throw changed(document.key, ifMatch, before);
  if (before === undefined) {
    await insert(query, [document], { deps, actor });
    return true;
  }
  const time = deps.now().toISOString();
  await updateDocument(query, document, { deps, time });
  await query('delete from document_references where source = $1', [document.key]);
  await insertReferences(query, [document]);
  const [object, after, detail] = [document.key, toDigest(document, deps), document.kind];
  await appendAudit(query, [{ time, actor: actor.name, action: 'replace', object, before, after, detail }]);
  return false;
}

const changed = (key: DocumentKey, expected: string, found: string | undefined): Failure =>
  new Failure('document-changed', [
    { object: `document ${key}`, expected: `digest ${expected}`, found: `digest ${found ?? 'none'}` },
  ]);
