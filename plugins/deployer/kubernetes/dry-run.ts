import type { Problem } from '#domain/failure.ts';
import { readText } from '#domain/health-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { JsonObject } from '#domain/json.ts';
import { deploymentLabelName, toDeploymentLabel } from '#domain/names.ts';
import { inParallel } from './in-parallel.ts';
import { isDefinition, isNamespace, toGroupKind, toKindRef } from './member.ts';
import { patchObject, toNamespace, toUnserved } from './patch-object.ts';
import { refuse, toProblem } from './refusal.ts';
import type { Session } from './session.ts';

/**
 * Which objects can be tried before anything is changed, and which only after CRDs and namespaces of the same set
 * stand: a new kind has no schema yet, and nothing can be tried in a namespace that is not there.
 */
export async function splitByReadiness(
  session: Session,
  members: readonly KubernetesObject[],
): Promise<{ readonly now: readonly KubernetesObject[]; readonly later: readonly KubernetesObject[] }> {
  const defined = new Set(members.filter(isDefinition).map(toDefinedKind));
  const missing = await findMissingNamespaces(session, members);
  const mustWait = (object: KubernetesObject): boolean =>
    defined.has(toGroupKind(toKindRef(object))) || missing.has(object.metadata.namespace ?? session.subject.namespace);
  return { now: members.filter((one) => !mustWait(one)), later: members.filter(mustWait) };
}

const toDefinedKind = (definition: KubernetesObject): string =>
  toGroupKind({ group: readText(definition, 'spec', 'group'), kind: readText(definition, 'spec', 'names', 'kind') });

/** Namespaces of the set that the cluster does not have yet. */
async function findMissingNamespaces(session: Session, members: readonly KubernetesObject[]): Promise<Set<string>> {
  const missing = new Set<string>();
  await inParallel(members.filter(isNamespace), async ({ metadata: { name } }) => {
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
    const answer = await session.api.call({ method: 'GET', path, signal: session.signal });
    if (!answer.ok && answer.status === 404) missing.add(name);
    if (answer.ok && session.subject.leavesForeignNamespaces === true) refuseForeign(session, answer.body);
  });
  return missing;
}

function refuseForeign({ subject, sha256 }: Session, namespace: JsonObject): void {
  const label = readText(namespace, 'metadata', 'labels', deploymentLabelName);
  if (label === toDeploymentLabel(subject.gid, subject.app, sha256)) return;
  const object = `Namespace ${readText(namespace, 'metadata', 'name')}`;
  throw refuse([
    { object, expected: 'none on the cluster yet, or the one of this cloud', found: 'one of somebody else' },
  ]);
}

/** @throws Failure `object-refused` with all that the API server would refuse. */
export async function dryRun(session: Session, objects: readonly KubernetesObject[]): Promise<void> {
  const problems: Problem[] = [];
  await inParallel(objects, async (object) => {
    session.beat();
    problems.push(...(await tryObject(session, object)));
  });
  if (problems.length > 0) throw refuse(problems.toSorted((a, b) => (a.object < b.object ? -1 : 1)));
}

/** These may refer to objects of the same set that are not there in a dry run. */
const refersToOthers = new Set(['Pod', 'RoleBinding', 'ClusterRoleBinding']);

async function tryObject(session: Session, object: KubernetesObject): Promise<readonly Problem[]> {
  const kind = await session.api.findKind(toKindRef(object));
  if (kind === null) return [toUnserved(object)];
  if (kind.namespaced && toNamespace(session, object, kind) === '') {
    return [{ object: `${object.kind} ${object.metadata.name}`, expected: 'a namespace', found: 'none' }];
  }
  const answer = await patchObject(session, object, { kind, dryRun: true });
  if (answer.ok) return [];
  const mayBeEarly = refersToOthers.has(object.kind) && (answer.status === 403 || answer.status === 404);
  const isHopeless = session.subject.tenant !== undefined && /cannot \S+ resource/.test(answer.message);
  return mayBeEarly && !isHopeless ? [] : [toProblem(session, object, answer)];
}
