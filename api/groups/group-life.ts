/** What the document of a group means for the group that runs. */
import { documentKinds } from '#domain/document-kinds.ts';
import { type GroupKey, toGroupRef } from '#domain/group.ts';
import { isAllowed } from '#domain/lifecycle.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Draft, Removal } from '#api/engine/kind.ts';
import { emcoTexts, HttpProblem } from '#api/engine/problem.ts';
import { toRefusedTransition } from './refused-transition.ts';

/** A group's document may change while the group is Created; after that only what it points to. */
export async function refuseUnlessCreated({
  deps,
  key,
  existing,
}: Pick<Draft, 'deps' | 'key' | 'existing'>): Promise<void> {
  if (existing === null) return;
  // The key of a group's document is a group key.
  const record = await deps.store.groups.find(key as GroupKey);
  if (record === null || record.state === 'Created') return;
  throw new HttpProblem({
    status: 409,
    code: 'transition-illegal',
    text: 'The specified DeploymentIntentGroup is not in Created status',
    problems: [{ object: key, expected: 'state Created', found: record.state }],
  });
}

export async function beginGroup({ deps }: Pick<Draft, 'deps'>, stored: StoredDocument): Promise<void> {
  await ensureGroup(deps, stored);
}

/** The run-time record of a group; made here when a crash came between the document and it. */
export async function ensureGroup(deps: ApiDeps, document: StoredDocument): Promise<GroupRecord> {
  const { groups } = deps.store;
  const group = document.key as GroupKey;
  return (await groups.find(group)) ?? groups.create(group, document.createdAt);
}

/**
 * Removes the run-time record first: without it nobody can instantiate, so the document's removal cannot leave a group
 * running that has no document. The store refuses it while an operation is under way.
 */
export async function refuseRunningGroup({ deps, document }: Removal): Promise<void> {
  const group = document.key as GroupKey;
  const { state } = await ensureGroup(deps, document);
  if (!isAllowed(state, 'delete')) throw toRefusedTransition(group, state, 'delete');
  const children = await deps.store.documents.listBelow(group, [
    documentKinds.groupIntent,
    documentKinds.genericPlacementIntent,
    documentKinds.genericK8sIntent,
  ]);
  if (children.length > 0) {
    const problems = children
      .slice(0, 20)
      .map((child) => ({ object: group, expected: 'no children', found: child.key }));
    throw new HttpProblem({ status: 409, code: 'has-children', text: emcoTexts.hasChildren, problems });
  }
  await deps.store.groups.remove(group, { name: 'api' });
}

/** The workflow ends by itself when it hears of it; a group without a document is ended by the reconciler otherwise. */
export async function endGroup({ deps, document }: Removal): Promise<void> {
  try {
    await deps.control.deleted(toGroupRef(document.key as GroupKey));
  } catch (error) {
    deps.log.warn({ event: 'group-deleted-not-told', group: document.key, err: toName(error) });
  }
}

const toName = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
