import type { GroupKey } from '#domain/group.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { groupPath } from './group-paths.ts';

export interface FoundGroup {
  readonly group: GroupKey;
  readonly document: StoredDocument;
}

/** @throws HttpProblem 404 with EMCO's text */
export async function findGroup(deps: ApiDeps, names: PathNames): Promise<FoundGroup> {
  const key = toKey(groupPath, names);
  const document = key === null ? null : await deps.store.documents.find(key);
  if (key === null || document === null) {
    const text = 'DeploymentIntentGroup not found';
    throw new HttpProblem({ status: 404, code: 'document-not-found', text });
  }
  // A filled path of a group is the key of a group.
  return { group: key as GroupKey, document };
}
