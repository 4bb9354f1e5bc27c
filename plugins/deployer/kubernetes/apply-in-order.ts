import { toInstallRank } from '#domain/install-order.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { inParallel } from './in-parallel.ts';
import type { InventoryParent } from './inventory.ts';
import { toKey } from './member.ts';
import { applyObject } from './patch-object.ts';
import type { Session } from './session.ts';

/** Kind after kind; objects of one kind do not need each other. Gives the digests of our fields by identity key. */
export async function applyInOrder(
  session: Session,
  parent: InventoryParent,
  members: readonly KubernetesObject[],
): Promise<ReadonlyMap<string, string>> {
  const owned = new Map<string, string>();
  for (const group of Map.groupBy(members, (one) => toInstallRank(one.kind)).values()) {
    await inParallel(group, async (object) => {
      await parent.guard();
      owned.set(toKey(object), await applyObject(session, object));
    });
  }
  return owned;
}
