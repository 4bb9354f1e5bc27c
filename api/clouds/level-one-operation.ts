/** A level 1 cloud is asked as a group is: the operation's row first, then its workflow. */
import type { Request, Response } from 'express';
import type { OperationKind } from '#domain/operation.ts';
import type { ApiDeps } from '#api/deps.ts';
import { actorOf } from '#api/engine/actor.ts';
import { submit } from '#api/verbs/group-verbs.ts';
import { readOperationId } from '#api/verbs/request-id.ts';
import type { FoundCloud } from './logical-cloud-life.ts';

export interface CloudRequest {
  readonly deps: ApiDeps;
  readonly request: Request;
  readonly response: Response;
}

export async function requestOnCloud(
  { deps, request, response }: CloudRequest,
  { group, document, state }: FoundCloud,
  kind: OperationKind,
): Promise<void> {
  const { groups } = deps.store;
  const requestedBy = actorOf(request).name;
  if (state === 'Created') {
    await groups.create(group, document.createdAt);
    // A cloud is nobody's to approve.
    await groups.approve(group, { name: requestedBy });
  }
  const operationId = readOperationId(request, () => deps.ids.uuid());
  const wanted = { operationId, kind, toRevision: null, migrateTo: null, requestedBy };
  const record = await groups.request(group, wanted, { recordRefusal: false });
  response.setHeader('Emco-Operation-Id', record.operationId);
  if (record.revision > 0) response.setHeader('Emco-Revision', String(record.revision));
  await submit(deps, { group }, record);
}

/** True when the request was sent before under the same Idempotency-Key: it is answered as it was then. */
export async function isKnownRequest(
  { deps, request }: Pick<CloudRequest, 'deps' | 'request'>,
  { group }: FoundCloud,
  kind: OperationKind,
): Promise<boolean> {
  if (request.headers['idempotency-key'] === undefined) return false;
  const operation = await deps.store.groups.findOperation(
    group,
    readOperationId(request, () => ''),
  );
  return operation?.kind === kind;
}
