/** How the user wants custom resources judged: the composite application says it for all groups, a group for itself. */
import { type DocumentKey, type GroupKey, toGroupRef } from '#domain/group.ts';
import { type HealthCheck, mergeHealthChecks } from '#domain/health-check.ts';
import type { Documents, StoredDocument } from '#domain/ports/documents.ts';
import { toSpec } from './read-clusters.ts';

export async function readHealthChecks(
  documents: Documents,
  group: GroupKey,
  document: StoredDocument,
): Promise<readonly HealthCheck[]> {
  const { project, compositeApp, version } = toGroupRef(group);
  const root = `/projects/${project}/composite-apps/${compositeApp}/${version}` as DocumentKey;
  return mergeHealthChecks(toChecks(await documents.find(root)), toChecks(document));
}

/** The API let in only what has this shape and compiles. */
const toChecks = (document: StoredDocument | null): readonly HealthCheck[] =>
  document === null ? [] : ((toSpec(document)['healthCheckExprs'] ?? []) as unknown as readonly HealthCheck[]);
