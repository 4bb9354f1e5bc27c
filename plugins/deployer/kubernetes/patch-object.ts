import { toApiPath } from '#domain/api-path.ts';
import { Failure } from '#domain/failure.ts';
import { fieldManager, toOwnedFields } from '#domain/field-ownership.ts';
import { readText } from '#domain/health-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ApiAnswer, ServedKind } from '#domain/ports/api-server.ts';
import { toKindRef } from './member.ts';
import { refuse, toObjectTitle, toProblem } from './refusal.ts';
import type { Session } from './session.ts';

const applyType = 'application/apply-patch+yaml';
const askAgainMs = 500;

export interface PatchOptions {
  readonly kind: ServedKind;
  readonly dryRun: boolean;
}

/** Server-side apply: what others own stays theirs, what we write is ours. */
export function patchObject(session: Session, object: KubernetesObject, options: PatchOptions): Promise<ApiAnswer> {
  const { name } = object.metadata;
  const namespace = toNamespace(session, object, options.kind);
  return session.api.call({
    method: 'PATCH',
    path: toApiPath(options.kind, { namespace, name }),
    query: { fieldManager, force: 'true', ...(options.dryRun ? { dryRun: 'All' } : {}) },
    body: options.kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object,
    contentType: applyType,
    signal: session.signal,
  });
}

/** Where a namespaced object goes that does not say so: the group's namespace. */
export function toNamespace(session: Session, object: KubernetesObject, kind: ServedKind): string {
  return kind.namespaced ? (object.metadata.namespace ?? session.subject.namespace) : '';
}

/**
 * Applies for good and gives a digest of the fields that are ours by it. An object that is still going is awaited first, or
 * it would take ours with it.
 */
export async function applyObject(session: Session, object: KubernetesObject): Promise<string> {
  const kind = await findServed(session, object);
  const deadline = performance.now() + session.waitMs;
  for (;;) {
    session.beat();
    const answer = await patchObject(session, object, { kind, dryRun: false });
    if (!answer.ok) throw refuse([toProblem(session, object, answer)]);
    if (readText(answer.body, 'metadata', 'deletionTimestamp') === '')
      return toOwnedFields(answer.body, session.sha256);
    if (performance.now() > deadline) throw stillGoing(object);
    await session.pause(askAgainMs);
  }
}

async function findServed(session: Session, object: KubernetesObject): Promise<ServedKind> {
  const kind = await session.api.findKind(toKindRef(object));
  if (kind === null) throw refuse([toUnserved(object)]);
  return kind;
}

export const toUnserved = (object: KubernetesObject) => ({
  object: toObjectTitle(object),
  expected: `a cluster that serves ${object.apiVersion} ${object.kind}`,
  found: 'no such kind (is its CRD or API missing?)',
});

const stillGoing = (object: KubernetesObject): Failure =>
  new Failure('timed-out', [
    {
      object: toObjectTitle(object),
      expected: 'its earlier deletion to end',
      found: 'it still waits for its finalizers',
    },
  ]);
