import { toInstallRank } from '#domain/install-order.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { inParallel } from './in-parallel.ts';
import type { InventoryParent } from './inventory.ts';
import { applyObject } from './patch-object.ts';
import type { Session } from './session.ts';

/** Kind after kind; objects of one kind do not need each other. */
export async function applyInOrder(
  session: Session,
  parent: InventoryParent,
  members: readonly KubernetesObject[],
): Promise<void> {
  for (const group of Map.groupBy(members, (one) => toInstallRank(one.kind)).values()) {
    await inParallel(group, async (object) => {
      await parent.guard();
      await applyObject(session, object);
    });
  }
}
