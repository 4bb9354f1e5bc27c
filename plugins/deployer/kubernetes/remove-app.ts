import { Failure } from '#domain/failure.ts';
import { deleteMember, findMembers, toMemberTitle } from './find-members.ts';
import type { LiveMember } from './find-members.ts';
import { inParallel } from './in-parallel.ts';
import { InventoryParent } from './inventory.ts';
import type { Session } from './session.ts';

const askAgainMs = 500;
const mostNames = 20;

/** Deletes by inventory until nothing is left, namespaces after their contents, and the parent last. */
export async function removeApp(session: Session): Promise<{ pruned: number }> {
  const parent = new InventoryParent(session);
  if ((await parent.read()).resourceVersion === '') return { pruned: 0 };
  await parent.write((found) => ({ ...found, bundle: '', fields: '' }));
  const pruned = await deleteAll(session, parent);
  await parent.remove(await parent.read());
  return { pruned };
}

async function deleteAll(session: Session, parent: InventoryParent): Promise<number> {
  const seen = new Set<string>();
  const deadline = performance.now() + session.waitMs;
  for (;;) {
    const found = await findMembers(session, parent.applySetId, await parent.read());
    const left = found.filter((one) => !one.isKept);
    if (left.length === 0) return seen.size;
    for (const member of left) seen.add(member.uid);
    await inParallel(toDue(left), async (member) => {
      await parent.guard();
      await deleteMember(session, member);
    });
    if (performance.now() > deadline) throw stillThere(left, session.waitMs);
    await session.pause(askAgainMs);
  }
}

/** What can be deleted now: a namespace takes all with it, so it waits until the rest is gone. */
function toDue(left: readonly LiveMember[]): readonly LiveMember[] {
  const others = left.filter((one) => one.kind.kind !== 'Namespace');
  return (others.length > 0 ? others : left).filter((one) => !one.isGoing);
}

function stillThere(left: readonly LiveMember[], waitMs: number): Failure {
  const problems = left.slice(0, mostNames).map((member) => ({
    object: toMemberTitle(member),
    expected: `to be gone within ${waitMs / 1000} s`,
    found: member.finalizers.length > 0 ? `it waits for ${member.finalizers.join(', ')}` : 'it is still there',
  }));
  return new Failure('timed-out', problems);
}
