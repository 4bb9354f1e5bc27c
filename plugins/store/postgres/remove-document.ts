import { Failure } from '#domain/failure.ts';
import type { DocumentKey } from '#domain/group.ts';
import type { Actor } from '#domain/ports/documents.ts';

import { appendAudit } from './audit.ts';
import type { Database, Query } from './database.ts';
import { touchParents } from './document-rows.ts';
import { ConstraintError } from './to-failure.ts';

/** How many children or referencing documents a refusal names. */
const named = 20;

interface RemoveDeps {
  readonly database: Database;
  readonly now: () => Date;
}

/**
 * The row is locked first: who adds a child or a reference at the same moment has ended before the checks look, or
 * waits and then finds no document.
 */
export async function removeDocument(deps: RemoveDeps, key: DocumentKey, actor: Actor): Promise<void> {
  try {
    await deps.database.transaction(async (query) => {
      const { digest, parent } = await lock(query, key);
      await refuseChildren(query, key);
      await refuseReferences(query, key);
      await query('delete from documents where key = $1', [key]);
      await touchParents(query, [parent]);
      const [time, action] = [deps.now().toISOString(), 'delete'];
      await appendAudit(query, [
        { time, actor: actor.name, action, object: key, before: digest, after: '', detail: '' },
      ]);
    });
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    await refuseChildren(deps.database.query, key);
    throw error;
  }
}

interface Locked {
  readonly digest: string;
  readonly parent: DocumentKey | null;
}

async function lock(query: Query, key: DocumentKey): Promise<Locked> {
  const { rows } = await query<Locked>('select digest, parent from documents where key = $1 for update', [key]);
  if (rows[0] !== undefined) return rows[0];
  throw new Failure('document-not-found', [{ object: `document ${key}`, expected: 'a document', found: 'none' }]);
}

async function refuseChildren(query: Query, key: DocumentKey): Promise<void> {
  const { rows } = await query<{ key: string }>(
    'select key from documents where parent = $1 order by sequence limit $2',
    [key, named],
  );
  if (rows.length === 0) return;
  const [object, expected] = [`document ${key}`, 'no child'];
  throw new Failure(
    'has-children',
    rows.map((child) => ({ object, expected, found: child.key })),
  );
}

async function refuseReferences(query: Query, key: DocumentKey): Promise<void> {
  const { rows } = await query<{ source: string }>(
    'select source from document_references where target = $1 and source <> $1 order by source limit $2',
    [key, named],
  );
  if (rows.length === 0) return;
  const [object, expected] = [`document ${key}`, 'no reference to it'];
  throw new Failure(
    'is-referenced',
    rows.map((row) => ({ object, expected, found: row.source })),
  );
}
