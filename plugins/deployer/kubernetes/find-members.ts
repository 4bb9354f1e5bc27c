import { toApiPath } from '#domain/api-path.ts';
import { readField, readObjects, readText } from '#domain/health-fields.ts';
import { applySet, inventoryNamespace } from '#domain/inventory.ts';
import { toInstallRank } from '#domain/install-order.ts';
import type { JsonObject } from '#domain/json.ts';
import { keepAnnotation } from '#domain/normal-form.ts';
import type { ServedKind } from '#domain/ports/api-server.ts';
import type { Inventory } from './inventory.ts';
import { definitionKind, fromGroupKind } from './member.ts';
import { refuse, toExpected } from './refusal.ts';
import type { Session } from './session.ts';

/** A live object that carries the ApplySet's mark. */
export interface LiveMember {
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly isGoing: boolean;
  /** Its chart wants it to survive: it is never deleted. */
  readonly isKept: boolean;
  readonly finalizers: readonly string[];
}

/** Lists what the cluster has of an ApplySet, in reverse install order; CRDs are the cluster's and never among them. */
export async function findMembers(
  session: Session,
  applySetId: string,
  within: Pick<Inventory, 'groupKinds' | 'namespaces'>,
): Promise<readonly LiveMember[]> {
  const found: LiveMember[] = [];
  for (const groupKind of within.groupKinds) {
    const kind = await session.api.findKind(fromGroupKind(groupKind));
    if (kind === null || kind.kind === definitionKind) continue;
    const namespaces = kind.namespaced ? [inventoryNamespace, ...within.namespaces] : [''];
    for (const namespace of namespaces) found.push(...(await list(session, kind, { namespace, applySetId })));
  }
  return found.sort((a, b) => toInstallRank(b.kind.kind) - toInstallRank(a.kind.kind));
}

async function list(
  session: Session,
  kind: ServedKind,
  at: { readonly namespace: string; readonly applySetId: string },
): Promise<readonly LiveMember[]> {
  session.beat();
  const answer = await session.api.call({
    method: 'GET',
    path: toApiPath(kind, { namespace: at.namespace }),
    query: { labelSelector: `${applySet.partOf}=${at.applySetId}` },
    accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    signal: session.signal,
  });
  if (answer.ok)
    return readObjects(answer.body, 'items')
      .filter(isOwn)
      .map((item) => toLiveMember(item, kind));
  if (answer.status === 404) return [];
  // The inventory's own namespace is none of a tenant's, who has nothing there.
  if (answer.status === 403 && session.subject.tenant !== undefined && at.namespace === inventoryNamespace) return [];
  throw refuse([
    { object: `${kind.kind} objects`, expected: toExpected(session, answer, 'to be listed'), found: answer.message },
  ]);
}

/** Controllers copy labels to what they make; that goes with its owner. */
const isOwn = (item: JsonObject): boolean =>
  !readObjects(item, 'metadata', 'ownerReferences').some((owner) => owner['controller'] === true);

function toLiveMember(item: JsonObject, kind: ServedKind): LiveMember {
  const finalizers = readField(item, 'metadata', 'finalizers');
  return {
    kind,
    namespace: readText(item, 'metadata', 'namespace'),
    name: readText(item, 'metadata', 'name'),
    uid: readText(item, 'metadata', 'uid'),
    isGoing: readText(item, 'metadata', 'deletionTimestamp') !== '',
    isKept: readText(item, 'metadata', 'annotations', keepAnnotation) === 'keep',
    finalizers: Array.isArray(finalizers) ? finalizers.map(String) : [],
  };
}

/** Deletes exactly the object that was seen; what it owns goes in the background. */
export async function deleteMember(session: Session, member: LiveMember): Promise<void> {
  const answer = await session.api.call({
    method: 'DELETE',
    path: toApiPath(member.kind, member),
    body: { propagationPolicy: 'Background', preconditions: { uid: member.uid } },
    signal: session.signal,
  });
  if (answer.ok || answer.status === 404 || answer.status === 409) return;
  throw refuse([
    { object: toMemberTitle(member), expected: toExpected(session, answer, 'to be deleted'), found: answer.message },
  ]);
}

export const toMemberTitle = ({ kind, namespace, name }: LiveMember): string =>
  `${kind.kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
