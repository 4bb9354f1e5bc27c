import type { DocumentKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import { toCanonicalJson } from '#domain/json.ts';
import type { DocumentFile, NewDocument, StoredDocument } from '#domain/ports/documents.ts';

import { toAddress } from './blobs.ts';
import type { Query } from './database.ts';
import type { Sealer } from './sealer.ts';

export interface DocumentRow {
  readonly key: DocumentKey;
  readonly kind: string;
  readonly parent: DocumentKey | null;
  readonly sequence: number;
  readonly body: string;
  readonly secrets: Buffer | null;
  readonly files: string;
  readonly digest: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** One a line: thousands of arrays would take longer to parse than all the rest of the rows. */
  readonly targets: string | null;
}

export interface RowDeps {
  readonly sealer: Sealer;
  readonly addressKey: Buffer;
}

/** Everything of a document with its references, sorted. */
export const documentColumns = `d.key, d.kind, d.parent, d.sequence, d.body, d.secrets, d.files, d.digest, d.created_at,
  d.updated_at,
  (select string_agg(r.target, E'\\n' order by r.target) from document_references r where r.source = d.key) as targets`;

export const toDocument = (row: DocumentRow, { sealer }: RowDeps): StoredDocument => ({
  key: row.key,
  kind: row.kind,
  parent: row.parent,
  // written by `insertDocuments` from the same types
  body: JSON.parse(row.body) as JsonObject,
  secrets:
    row.secrets === null ? {} : (JSON.parse(sealer.open(row.secrets, toRow(row.key)).toString('utf8')) as JsonObject),
  files: JSON.parse(row.files) as readonly DocumentFile[],
  // keys hold no line breaks
  references: row.targets === null ? [] : (row.targets.split('\n') as DocumentKey[]),
  sequence: row.sequence,
  digest: row.digest,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** HMAC, since it is an ETag and covers secrets. */
export function toDigest(document: NewDocument, { addressKey }: RowDeps): string {
  const files = document.files.map((file) => ({ ...file }));
  return toAddress(toCanonicalJson({ body: document.body, secrets: document.secrets, files }), addressKey);
}

const toRow = (key: DocumentKey): { table: string; key: string } => ({ table: 'documents', key });

/** Size of a document's parameters, for batches. */
export const toDocumentBytes = (document: NewDocument): number =>
  JSON.stringify(document.body).length + JSON.stringify(document.secrets).length * 2 + 500;

const columnsOf = (documents: readonly NewDocument[], deps: RowDeps): readonly unknown[] => [
  documents.map(({ key }) => key),
  documents.map(({ kind }) => kind),
  documents.map(({ parent }) => parent),
  documents.map(({ body }) => JSON.stringify(body)),
  documents.map((document) => sealSecrets(document, deps)),
  documents.map(({ files }) => JSON.stringify(files)),
  documents.map(({ files }) => JSON.stringify(files.map(({ content }) => content))),
  documents.map((document) => toDigest(document, deps)),
];

function sealSecrets(document: NewDocument, { sealer }: RowDeps): string | null {
  if (Object.keys(document.secrets).length === 0) return null;
  return sealer.seal(Buffer.from(JSON.stringify(document.secrets)), toRow(document.key)).toString('hex');
}

const source = `select key, kind, parent, body, decode(secrets, 'hex'), files,
    array(select jsonb_array_elements_text(addresses::jsonb)), digest, $9::timestamptz, $9::timestamptz
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    with ordinality as n (key, kind, parent, body, secrets, files, addresses, digest, place) order by place`;

const names = 'key, kind, parent, body, secrets, files, file_addresses, digest, created_at, updated_at';

/** Inserts in order; a key that exists or a parent that does not violates a constraint. */
export async function insertDocuments(
  query: Query,
  documents: readonly NewDocument[],
  { deps, time }: { deps: RowDeps; time: string },
): Promise<void> {
  await query(`insert into documents (${names}) ${source}`, [...columnsOf(documents, deps), time]);
  await touchParents(
    query,
    documents.map(({ parent }) => parent),
  );
}

/** Their children are other ones from now on; see `versionsOfChildren`. In one order for all, so that nobody deadlocks. */
export async function touchParents(query: Query, parents: readonly (DocumentKey | null)[]): Promise<void> {
  const touched = [...new Set(parents)].filter((parent) => parent !== null).sort();
  if (touched.length === 0) return;
  await query(
    `insert into document_children (parent, version) select parent, nextval('children_version') from unnest($1::text[]) as p (parent)
     on conflict (parent) do update set version = excluded.version`,
    [touched],
  );
}

/** Replaces all but key, sequence and time of creation. */
export async function updateDocument(
  query: Query,
  document: NewDocument,
  { deps, time }: { deps: RowDeps; time: string },
): Promise<void> {
  await query(
    `update documents d set kind = n.kind, parent = n.parent, body = n.body, secrets = n.secrets, files = n.files,
       file_addresses = n.file_addresses, digest = n.digest, updated_at = n.updated_at
     from (${source}) as n (${names}) where d.key = n.key`,
    [...columnsOf([document], deps), time],
  );
  await touchParents(query, [document.parent]);
}

/**
 * Records what a document refers to. The targets that exist are locked against removal until the transaction ends, in
 * one order for all, so a removal either sees the reference or comes first.
 */
export async function insertReferences(query: Query, documents: readonly NewDocument[]): Promise<void> {
  const pairs = documents.flatMap(({ key, references }) => [...new Set(references)].map((target) => [key, target]));
  if (pairs.length === 0) return;
  const targets = [...new Set(pairs.map(([, target]) => target))];
  await query(`select 1 from documents where key = any($1) order by key for key share`, [targets]);
  await query(
    `insert into document_references (source, target) select * from unnest($1::text[], $2::text[])
     on conflict do nothing`,
    [pairs.map(([key]) => key), pairs.map(([, target]) => target)],
  );
}
