import { toOwnershipText } from '#domain/field-ownership.ts';
import { inventoryNamespace } from '#domain/inventory.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ApplyRequest } from '#domain/ports/plugins.ts';
import { applyInOrder } from './apply-in-order.ts';
import { dryRun, splitByReadiness } from './dry-run.ts';
import { applyFoundations, isFoundation } from './foundations.ts';
import { ensureInventoryNamespace, InventoryParent } from './inventory.ts';
import type { Inventory } from './inventory.ts';
import { isDefinition, readMembers, toGroupKind, toKindRef } from './member.ts';
import { prune } from './prune.ts';
import type { Session } from './session.ts';

type Scope = Pick<Inventory, 'groupKinds' | 'namespaces'>;

/** Tries all, notes what will be touched, applies the foundations, then the rest, prunes, and notes what stands. */
export async function applyBundle(
  session: Session,
  request: ApplyRequest,
): Promise<{ applied: number; pruned: number }> {
  const parent = new InventoryParent(session);
  const members = readMembers(session, request.content, parent.applySetId);
  const before = await parent.read();
  const { now, later } = await splitByReadiness(session, members);
  await dryRun(session, now);
  await ensureInventoryNamespace(session);
  const scope = toScope(session, members);
  await parent.write((found) => ({
    ...toUnion(found, scope),
    ...(found.bundle === request.bundle ? { bundle: found.bundle, fields: found.fields } : { bundle: '', fields: '' }),
  }));
  await applyFoundations(session, parent, members);
  await dryRun(session, later);
  const owned = await applyInOrder(
    session,
    parent,
    members.filter((one) => !isFoundation(one)),
  );
  const pruned = await prune(session, parent, { members, scope: toUnion(before, scope) });
  await parent.write(() => ({ ...scope, bundle: request.bundle, fields: toOwnershipText(owned, session.sha256) }));
  return { applied: members.length, pruned };
}

function toScope(session: Session, members: readonly KubernetesObject[]): Scope {
  const owned = members.filter((one) => !isDefinition(one));
  // A cluster-scoped object without namespace adds the group's own, which does no harm.
  const namespaces = owned.map((one) => one.metadata.namespace ?? session.subject.namespace);
  return { groupKinds: toSorted(owned.map((one) => toGroupKind(toKindRef(one)))), namespaces: toSorted(namespaces) };
}

const toSorted = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].filter((name) => name !== '' && name !== inventoryNamespace).sort();

const toUnion = (a: Scope, b: Scope): Scope => ({
  groupKinds: toSorted([...a.groupKinds, ...b.groupKinds]),
  namespaces: toSorted([...a.namespaces, ...b.namespaces]),
});
