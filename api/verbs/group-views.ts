/** What a group has done and what it is about to do: operations, revisions, plan. */
import type { Router } from 'express';
import { documentKinds } from '#domain/document-kinds.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { GroupKey } from '#domain/group.ts';
import type { RevisionRecord } from '#domain/ports/groups.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import { toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { sendJson } from '#api/engine/respond.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { toOperation } from '#api/groups/operation-view.ts';
import { findGroup } from '#api/groups/find-group.ts';
import { loadPlan } from '#api/groups/load-plan.ts';
import { toPlanView } from './plan-view.ts';

export function mountGroupViews(router: Router, deps: ApiDeps): void {
  const on = (path: string, handler: Handler) =>
    router
      .route(`${toRoute(groupPath)}/${path}`)
      .get(endpoint(handler))
      .all(refuseMethods(['GET']));
  on('operations', listingOperations(deps));
  on('operations/:operation', readingOperation(deps));
  on('revisions', listingRevisions(deps));
  on('revisions/:revision', readingRevision(deps));
  on('plan', readingPlan(deps));
}

const listingOperations =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { group } = await findGroup(deps, namesOf(request));
    const limit = toWholeNumber(request.query['limit'], 100);
    if (limit === null) throw invalid('limit', 'a whole number from 1');
    const operations = await deps.store.groups.listOperations(group, Math.min(limit, 1000));
    sendJson(response, 200, operations.map(toOperation));
  };

const readingOperation =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const { group } = await findGroup(deps, names);
    const operation = await deps.store.groups.findOperation(group, names['operation'] ?? '');
    if (operation === null) throw missing('document-not-found', 'Operation not found');
    sendJson(response, 200, toOperation(operation));
  };

const listingRevisions =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { group } = await findGroup(deps, namesOf(request));
    sendJson(response, 200, (await deps.store.groups.listRevisions(group)).map(toRevision));
  };

const readingRevision =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const { group } = await findGroup(deps, names);
    sendJson(response, 200, toRevision(await findRevision(deps, group, names['revision'])));
  };

/** Bundles are shared by clusters; the view says by how many. */
const readingPlan =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { group } = await findGroup(deps, namesOf(request));
    const revision = await findRevision(deps, group, request.query['revision']);
    const plan = await loadPlan(deps, revision.digest);
    const records = await deps.store.plans.findBundles([...new Set(plan.targets.map(({ bundle }) => bundle))]);
    const view = toPlanView(plan, records);
    const warnings = [...view.warnings, ...(await findIdleIntents(deps, group))];
    sendJson(response, 200, { ...toRevision(revision), ...view, warnings });
  };

/** Intents that are kept for those who come from EMCO. */
async function findIdleIntents(
  { store }: ApiDeps,
  group: GroupKey,
): Promise<readonly { app: string; warning: string }[]> {
  const intents = await store.documents.list(documentKinds.trafficGroupIntent, group);
  return intents.map(({ body }) => ({
    app: '',
    warning: `traffic group intent ${textAt(body, ['metadata', 'name'])} is kept; nothing acts on it`,
  }));
}

/** @param wanted a revision number; absent: the newest */
async function findRevision(deps: ApiDeps, group: GroupKey, wanted: unknown): Promise<RevisionRecord> {
  const { groups } = deps.store;
  if (wanted === undefined) {
    const newest = (await groups.listRevisions(group)).reduce<RevisionRecord | null>(
      (best, each) => (best === null || each.revision > best.revision ? each : best),
      null,
    );
    if (newest === null) throw missing('revision-not-found', 'The group has no revision yet: instantiate it first');
    return newest;
  }
  const number = toWholeNumber(wanted, 0);
  if (number === null) throw invalid('revision', 'a whole number from 1');
  const revision = await groups.findRevision(group, number);
  if (revision === null) throw missing('revision-not-found', `Revision ${number} not found`);
  return revision;
}

const toRevision = (revision: RevisionRecord) => ({
  revision: revision.revision,
  instance: revision.instance,
  operation: revision.operationId,
  createdAt: revision.createdAt,
  rolledBackTo: revision.rolledBackTo,
  verified: revision.verified,
  digest: revision.digest,
  counts: {
    waves: revision.waves,
    apps: revision.apps,
    clusters: revision.clusters,
    targets: revision.targets,
    bundles: revision.bundles,
    objects: revision.objects,
  },
});

function toWholeNumber(value: unknown, fallback: number): number | null {
  if (value === undefined) return fallback;
  return typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}

const invalid = (name: string, expected: string): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `Invalid query ${name}`,
    problems: [{ object: name, expected, found: 'something else' }],
  });

const missing = (code: 'document-not-found' | 'revision-not-found', text: string): HttpProblem =>
  new HttpProblem({ status: 404, code, text });
