import { Failure } from '#domain/failure.ts';
import { readCondition } from '#domain/health-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { applyInOrder } from './apply-in-order.ts';
import { inParallel } from './in-parallel.ts';
import type { InventoryParent } from './inventory.ts';
import { isDefinition, isNamespace, toKindRef } from './member.ts';
import { toUnserved } from './patch-object.ts';
import type { Session } from './session.ts';

export const isFoundation = (object: KubernetesObject): boolean => isDefinition(object) || isNamespace(object);

/** Applies namespaces and CRDs and waits until what needs them can be applied. */
export async function applyFoundations(
  session: Session,
  parent: InventoryParent,
  members: readonly KubernetesObject[],
): Promise<void> {
  await applyInOrder(session, parent, members.filter(isFoundation));
  const definitions = members.filter(isDefinition);
  if (definitions.length === 0) return;
  await inParallel(definitions, (one) => awaitEstablished(session, one));
  session.api.forgetKinds();
  await awaitServed(session, members, definitions);
}

const askAgainMs = 250;

async function awaitEstablished(session: Session, definition: KubernetesObject): Promise<void> {
  const { name } = definition.metadata;
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${encodeURIComponent(name)}`;
  await awaitThat(session, `CRD ${name}`, async () => {
    const answer = await session.api.call({ method: 'GET', path, signal: session.signal });
    if (!answer.ok) return `${answer.status} ${answer.message}`;
    const established = readCondition(answer.body, 'Established');
    return established?.status === 'True' ? null : (established?.message ?? 'no condition Established');
  });
}

/** The API serves a new kind a moment after its CRD is established. */
async function awaitServed(
  session: Session,
  members: readonly KubernetesObject[],
  definitions: readonly KubernetesObject[],
): Promise<void> {
  const names = new Set(definitions.map((one) => one.metadata.name));
  const mayServe = (group: string): boolean => [...names].some((name) => name.endsWith(`.${group}`));
  for (const object of members.filter((one) => mayServe(toKindRef(one).group))) {
    await awaitThat(session, `${object.kind} ${object.metadata.name}`, async () => {
      if ((await session.api.findKind(toKindRef(object))) !== null) return null;
      session.api.forgetKinds();
      return toUnserved(object).found;
    });
  }
}

async function awaitThat(session: Session, object: string, findObstacle: () => Promise<string | null>): Promise<void> {
  const deadline = performance.now() + session.waitMs;
  for (;;) {
    session.beat();
    const found = await findObstacle();
    if (found === null) return;
    if (performance.now() > deadline) {
      throw new Failure('timed-out', [{ object, expected: `to be served within ${session.waitMs / 1000} s`, found }]);
    }
    await session.pause(askAgainMs);
  }
}
