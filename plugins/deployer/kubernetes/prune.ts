import { toIdentity, toIdentityKey } from '#domain/manifest.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { deleteMember, findMembers } from './find-members.ts';
import type { LiveMember } from './find-members.ts';
import type { Inventory, InventoryParent } from './inventory.ts';
import { toKindRef } from './member.ts';
import { toNamespace } from './patch-object.ts';
import type { Session } from './session.ts';

/** Deletes what carries the ApplySet's mark and is not among the members; gives how many that were. */
export async function prune(
  session: Session,
  parent: InventoryParent,
  { members, scope }: { members: readonly KubernetesObject[]; scope: Pick<Inventory, 'groupKinds' | 'namespaces'> },
): Promise<number> {
  const wanted = new Set(await Promise.all(members.map((one) => toLiveKey(session, one))));
  const live = await findMembers(session, parent.applySetId, scope);
  const surplus = live.filter((one) => !one.isKept && !wanted.has(toMemberKey(one)));
  for (const member of surplus.filter((one) => !one.isGoing)) {
    await parent.guard();
    await deleteMember(session, member);
  }
  return surplus.length;
}

/** The object's identity under the namespace in which it was applied. */
async function toLiveKey(session: Session, object: KubernetesObject): Promise<string> {
  const kind = await session.api.findKind(toKindRef(object));
  const namespace = kind === null ? '' : toNamespace(session, object, kind);
  return toIdentityKey({ ...toIdentity(object), namespace });
}

const toMemberKey = ({ kind, namespace, name }: LiveMember): string => toIdentityKey({ ...kind, namespace, name });
