/** Where controllers of one's own get their request and put their result, while the operation is under way. */
import type { Router } from 'express';
import { Failure } from '#domain/failure.ts';
import type { ExchangeRecord } from '#domain/ports/exchanges.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toKey, toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { readJsonBody } from '#api/engine/read-body.ts';
import { sendBytes, sendJson } from '#api/engine/respond.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { judgeResult } from './judge-result.ts';

export const exchangePath = `${groupPath}/exchanges/{exchange}`;

/** A result for thousands of clusters with an object each. */
export const largestResultBytes = 32 * 1024 * 1024;

export function mountExchanges(router: Router, deps: ApiDeps): void {
  const route = toRoute(exchangePath);
  router
    .route(`${route}/request`)
    .get(endpoint(reading(deps)))
    .all(refuseMethods(['GET']));
  router
    .route(`${route}/result`)
    .put(endpoint(putting(deps)))
    .all(refuseMethods(['PUT']));
}

const reading =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { request: address } = await findExchange(deps, namesOf(request));
    sendBytes(response.status(200), 'application/json', await deps.store.blobs.get(address));
  };

const putting =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { blobs, exchanges } = deps.store;
    const record = await findExchange(deps, namesOf(request));
    const texts = { object: 'result', emptyText: 'Empty body', largestBytes: largestResultBytes };
    const json = await readJsonBody(request, texts);
    await judgeResult(deps, record, json);
    const digest = await blobs.put(new TextEncoder().encode(JSON.stringify(json)));
    await exchanges.answer(record.id, digest);
    sendJson(response, 200, { digest });
  };

/** @throws HttpProblem 404, Failure `operation-superseded` when the operation is over */
async function findExchange(deps: ApiDeps, names: PathNames): Promise<ExchangeRecord> {
  const group = toKey(groupPath, names);
  const id = names['exchange'] ?? '';
  const record = /^[0-9a-f]{32}$/.test(id) ? await deps.store.exchanges.find(id) : null;
  if (record === null || record.group !== group)
    throw new HttpProblem({ status: 404, code: 'document-not-found', text: 'Exchange not found' });
  if (record.isUnderWay) return record;
  const object = `exchange with controller ${record.controller} in operation ${record.operation}`;
  const found = 'one that has ended or was superseded';
  throw new Failure('operation-superseded', [{ object, expected: 'the operation under way', found }]);
}
