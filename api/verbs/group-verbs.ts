/** The verbs of a group: the row first, then the workflow. */
import type { Request, Response, Router } from 'express';
import { Failure } from '#domain/failure.ts';
import { toGroupRef } from '#domain/group.ts';
import type { Json } from '#domain/json.ts';
import { isAllowed } from '#domain/lifecycle.ts';
import type { OperationKind, OperationRecord, OperationRequest } from '#domain/operation.ts';
import { parseOperationRequest } from '#domain/operation-request.ts';
import type { ApiDeps } from '#api/deps.ts';
import { actorOf } from '#api/engine/actor.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import { toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readJsonBody, readOptionalJsonBody } from '#api/engine/read-body.ts';
import { sendJson } from '#api/engine/respond.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { checkIntents } from './check-intents.ts';
import { checkMigration } from './check-migration.ts';
import { findGroup, type FoundGroup } from '#api/groups/find-group.ts';
import { toRefusedTransition } from '#api/groups/refused-transition.ts';
import { readOperationId } from './request-id.ts';

const verbs: readonly OperationKind[] = [
  'instantiate',
  'update',
  'rollback',
  'migrate',
  'terminate',
  'stop',
  'pause',
  'resume',
];

export function mountGroupVerbs(router: Router, deps: ApiDeps): void {
  const on = (verb: string, handler: Handler) =>
    router
      .route(`${toRoute(groupPath)}/${verb}`)
      .post(endpoint(handler))
      .all(refuseMethods(['POST']));
  on('approve', approving(deps));
  for (const kind of verbs) on(kind, requesting(deps, kind));
}

const approving =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { group, document } = await findGroup(deps, namesOf(request));
    const { state } = await ensureGroup(deps, document);
    if (!isAllowed(state, 'approve')) throw toRefusedTransition(group, state, 'approve');
    await deps.store.groups.approve(group, actorOf(request));
    await startEarly(deps, { group, document });
    response.status(202).end();
  };

/** The workflow shows itself from approval on; when Temporal is away, the first operation or the reconciler starts it. */
async function startEarly(deps: ApiDeps, { group }: FoundGroup): Promise<void> {
  try {
    await deps.control.started(toGroupRef(group));
  } catch (error) {
    deps.log.warn({ event: 'group-not-started', group, reason: error instanceof Error ? error.message : 'unknown' });
  }
}

const requesting =
  (deps: ApiDeps, kind: OperationKind): Handler =>
  async (request, response) => {
    const wanted = await readRequest(deps, request, kind);
    const found = await findGroup(deps, namesOf(request));
    const record = await recordRequest(deps, found, wanted);
    response.setHeader('Emco-Operation-Id', record.operationId);
    if (record.revision > 0) response.setHeader('Emco-Revision', String(record.revision));
    await submit(deps, found, record);
    answer(response, record);
  };

/** EMCO reads a body for two verbs only and ignores whatever the others carry; a terminate may have options here. */
async function readVerbBody(request: Request, kind: OperationKind): Promise<Json> {
  const texts = { object: kind, emptyText: 'Empty body' };
  if (kind === 'rollback' || kind === 'migrate') return readJsonBody(request, texts);
  return kind === 'terminate' ? readOptionalJsonBody(request, texts) : null;
}

async function readRequest(deps: ApiDeps, request: Request, kind: OperationKind): Promise<OperationRequest> {
  const operationId = readOperationId(request, () => deps.ids.uuid());
  const body = await readVerbBody(request, kind);
  const parsed = parseOperationRequest(kind, body, operationId);
  if (!parsed.ok) throw new Failure(parsed.code, parsed.problems);
  return { ...parsed.value.request, operationId, requestedBy: actorOf(request).name };
}

async function recordRequest(deps: ApiDeps, found: FoundGroup, wanted: OperationRequest): Promise<OperationRecord> {
  const { group, document } = found;
  const { groups } = deps.store;
  const { state } = await ensureGroup(deps, document);
  // A request that was sent before is answered as it was then.
  const known = await groups.findOperation(group, wanted.operationId);
  // Resuming a stopped group is recorded as what was stopped.
  if (known !== null && known.kind !== wanted.kind && wanted.kind !== 'resume') throw otherKind(known, wanted);
  if (known === null) {
    if (!isAllowed(state, wanted.kind)) throw toRefusedTransition(group, state, wanted.kind);
    if (wanted.kind === 'instantiate' || wanted.kind === 'update') await checkIntents(deps, found);
    if (wanted.migrateTo !== null) await checkMigration(deps, found, wanted.migrateTo);
  }
  try {
    return await groups.request(group, wanted, { recordRefusal: false });
  } catch (error) {
    throw await toRefusal(deps, found, { error, kind: wanted.kind });
  }
}

const otherKind = (known: OperationRecord, wanted: OperationRequest): HttpProblem =>
  new HttpProblem({
    status: 409,
    code: 'already-exists',
    text: 'Idempotency-Key was used for another operation',
    problems: [{ object: `operation ${known.operationId}`, expected: wanted.kind, found: known.kind }],
  });

/** The state may have changed since it was looked at; the store's refusal gets EMCO's words too. */
async function toRefusal(
  deps: ApiDeps,
  { group }: FoundGroup,
  refused: { readonly error: unknown; readonly kind: OperationKind },
): Promise<unknown> {
  const { error, kind } = refused;
  if (!(error instanceof Failure)) return error;
  if (error.code === 'transition-illegal') {
    const record = await deps.store.groups.find(group);
    return record === null || isAllowed(record.state, kind) ? error : toRefusedTransition(group, record.state, kind);
  }
  if (error.code !== 'revision-not-found') return error;
  const text = `No matching ContextId found`;
  return new HttpProblem({ status: 404, code: error.code, text, problems: error.problems });
}

/** An operation that is past its request needs no sending. */
export async function submit(
  deps: ApiDeps,
  { group }: Pick<FoundGroup, 'group'>,
  record: OperationRecord,
): Promise<void> {
  if (record.state === 'refused') throw new Failure('transition-illegal', [], record.message);
  if (record.state !== 'requested') return;
  const { operationId, kind, toRevision, migrateTo, requestedBy, revision, removal } = record;
  const payload = {
    operationId,
    requestedBy,
    recordedRevision: revision,
    ...(toRevision === null ? {} : { revision: toRevision }),
    ...removal,
    ...(migrateTo === null ? {} : { targetVersion: migrateTo.version, targetGroup: migrateTo.group }),
  };
  try {
    await deps.control.submit(toGroupRef(group), { kind, payload });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'temporal-unavailable') throw error;
    throw new HttpProblem({
      status: 503,
      code: error.code,
      text: `${kind} is recorded and runs when Temporal is back; send it again with Idempotency-Key ${operationId}`,
      problems: error.problems,
      headers: { 'Retry-After': '5' },
    });
  }
}

/** Only update has a body: the revision as a bare number. */
function answer(response: Response, record: OperationRecord): void {
  if (record.kind === 'update') sendJson(response, 202, record.revision);
  else response.status(202).end();
}
