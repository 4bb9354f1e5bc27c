import { toApiPath } from '#domain/api-path.ts';
import { Failure } from '#domain/failure.ts';
import { readText } from '#domain/health-fields.ts';
import { hookRunAnnotation } from '#domain/hooks.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ApiAnswer, ServedKind } from '#domain/ports/api-server.ts';
import type { HookRequest } from '#domain/ports/plugins.ts';
import { dryRun } from './dry-run.ts';
import { applyFoundations } from './foundations.ts';
import { ensureInventoryNamespace, InventoryParent } from './inventory.ts';
import { readMembers, readObjects, toKindRef } from './member.ts';
import { applyObject, toNamespace } from './patch-object.ts';
import { refuse, toObjectTitle, toProblem } from './refusal.ts';
import type { Session } from './session.ts';

const askAgainMs = 500;

/** What runs to an end is made anew by each run; anything else is applied, so that it is never gone for a moment. */
const runsToAnEnd = (object: KubernetesObject): boolean =>
  (object.kind === 'Job' && object.apiVersion.startsWith('batch/')) ||
  (object.kind === 'Pod' && object.apiVersion === 'v1');

/** Not a member of the ApplySet: as with Helm, what a hook made does not go with its release. */
export async function runHook(session: Session, { crds, hook }: HookRequest): Promise<void> {
  const parent = new InventoryParent(session);
  await ensureInventoryNamespace(session);
  // The inventory as it is, under our operation's number: from here on an older writer is fenced out.
  await parent.write((found) => found);
  const definitions = readMembers(session, { crds, main: [], hooks: [] }, parent.applySetId);
  if (definitions.length > 0) {
    await dryRun(session, definitions);
    await applyFoundations(session, parent, definitions);
  }
  for (const object of readObjects(hook.main)) {
    if (runsToAnEnd(object) && !(await makeWay(session, object, hook.run))) continue;
    await parent.guard();
    await applyObject(session, object);
  }
}

/** Deletes what an earlier run left, and waits until it is gone. False: this very run made the object before. */
async function makeWay(session: Session, object: KubernetesObject, run: string): Promise<boolean> {
  const deadline = performance.now() + session.waitMs;
  for (;;) {
    session.beat();
    const found = await find(session, object);
    if (found === null) return true;
    const isGoing = readText(found.body, 'metadata', 'deletionTimestamp') !== '';
    if (!isGoing && readRun(found) === run) return false;
    if (!isGoing) await remove(session, object, found);
    if (performance.now() > deadline) throw stillThere(object);
    await session.pause(askAgainMs);
  }
}

/** What another run made since is left alone. */
export async function removeHook(session: Session, { hook }: HookRequest): Promise<void> {
  await new InventoryParent(session).read();
  for (const object of readObjects(hook.main)) {
    const found = await find(session, object);
    if (found !== null && readRun(found) === hook.run) await remove(session, object, found);
  }
}

interface Found {
  readonly kind: ServedKind;
  readonly body: Extract<ApiAnswer, { ok: true }>['body'];
}

const readRun = ({ body }: Found): string => readText(body, 'metadata', 'annotations', hookRunAnnotation);

const toPath = (session: Session, object: KubernetesObject, kind: ServedKind): string =>
  toApiPath(kind, { namespace: toNamespace(session, object, kind), name: object.metadata.name });

async function find(session: Session, object: KubernetesObject): Promise<Found | null> {
  const kind = await session.api.findKind(toKindRef(object));
  if (kind === null) return null;
  const answer = await session.api.call({ method: 'GET', path: toPath(session, object, kind), signal: session.signal });
  if (answer.ok) return { kind, body: answer.body };
  if (answer.status === 404) return null;
  throw refuse([toProblem(session, object, answer)]);
}

async function remove(session: Session, object: KubernetesObject, { kind, body }: Found): Promise<void> {
  const answer = await session.api.call({
    method: 'DELETE',
    path: toPath(session, object, kind),
    body: { propagationPolicy: 'Background', preconditions: { uid: readText(body, 'metadata', 'uid') } },
    signal: session.signal,
  });
  if (!answer.ok && answer.status !== 404 && answer.status !== 409) throw refuse([toProblem(session, object, answer)]);
}

const stillThere = (object: KubernetesObject): Failure =>
  new Failure('timed-out', [
    {
      object: toObjectTitle(object),
      expected: 'that of an earlier run to be gone',
      found: 'it still waits for its finalizers',
    },
  ]);
