/** The verbs and the status of logical clouds. Level 0 has nothing to bring up, so every verb ends at once. */
import type { Router } from 'express';
import { documentKinds } from '#domain/document-kinds.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { DocumentKey } from '#domain/group.ts';
import { isCloudUp, type LogicalCloudLife, toLogicalCloudState } from '#domain/logical-cloud.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toKey, toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { sendJson } from '#api/engine/respond.ts';
import { appendCloudAction, cloudRefusal, groupsOfCloud, loadCloudLife } from './logical-cloud-life.ts';
import { toCloudStatus } from './logical-cloud-status.ts';

const cloudPath = '/projects/{project}/logical-clouds/{logicalCloud}';

export function mountLogicalCloudVerbs(router: Router, deps: ApiDeps): void {
  const at = (verb: string) => router.route(`${toRoute(cloudPath)}/${verb}`);
  const posts: readonly (readonly [string, Handler])[] = [
    ['instantiate', instantiating(deps)],
    ['terminate', terminating(deps)],
    ['update', updating(deps)],
    ['stop', stopping(deps)],
  ];
  for (const [verb, handler] of posts)
    at(verb)
      .post(endpoint(handler))
      .all(refuseMethods(['POST']));
  at('status')
    .get(endpoint(showing(deps)))
    .all(refuseMethods(['GET']));
}

async function findCloud(deps: ApiDeps, names: PathNames): Promise<StoredDocument> {
  const key = toKey(cloudPath, names);
  const cloud = key === null ? null : await deps.store.documents.find(key);
  if (cloud !== null) return cloud;
  throw new HttpProblem({ status: 404, code: 'document-not-found', text: 'Logical Cloud not found' });
}

async function findReferences(deps: ApiDeps, cloud: StoredDocument): Promise<readonly StoredDocument[]> {
  const references = await deps.store.documents.list(documentKinds.clusterReference, cloud.key);
  if (references.length > 0) return references;
  const problems = [{ object: cloud.key, expected: 'at least one cluster reference', found: 'none' }];
  const text = 'No Cluster References associated';
  throw new HttpProblem({ status: 400, code: 'document-invalid', text, problems });
}

const lastRevision = (life: LogicalCloudLife): number => Math.max(0, ...life.actions.map(({ revision }) => revision));

const instantiating =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const cloud = await findCloud(deps, namesOf(request));
    const references = await findReferences(deps, cloud);
    refuseLevelOne(cloud);
    await refuseUnknownClusters(deps, cloud, references);
    await appendCloudAction(deps, cloud, (life) => {
      const state = toLogicalCloudState(life);
      if (isCloudUp(state)) throw cloudRefusal('The Logical Cloud is already instantiated', cloud.key, state);
      return { state: 'Instantiated', instance: deps.ids.instance(), revision: lastRevision(life) + 1 };
    });
    response.status(202).end();
  };

function refuseLevelOne(cloud: StoredDocument): void {
  const level = textAt(cloud.body, ['spec', 'level']);
  if (level === '0') return;
  throw new HttpProblem({
    status: 501,
    code: 'not-implemented',
    text: 'Logical Clouds of level 1 come with a later version: use level 0',
    problems: [{ object: cloud.key, expected: 'level 0', found: `level ${level}` }],
  });
}

async function refuseUnknownClusters(
  deps: ApiDeps,
  cloud: StoredDocument,
  references: readonly StoredDocument[],
): Promise<void> {
  const keys = references.map(({ body }) => {
    const [provider, name] = ['clusterProvider', 'cluster'].map((member) => textAt(body, ['spec', member]));
    return `/cluster-providers/${provider}/clusters/${name}` as DocumentKey;
  });
  const found = await deps.store.documents.findMany(keys);
  const missing = keys.filter((key) => !found.has(key));
  if (missing.length === 0) return;
  throw new HttpProblem({
    status: 400,
    code: 'reference-not-found',
    text: 'It looks like the cluster provided as reference does not exist',
    problems: missing.slice(0, 20).map((key) => ({ object: cloud.key, expected: `cluster ${key}`, found: 'none' })),
  });
}

const terminating =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const cloud = await findCloud(deps, namesOf(request));
    await findReferences(deps, cloud);
    const before = toLogicalCloudState(await loadCloudLife(deps, cloud));
    if (before === 'Created') throw cloudRefusal('The Logical Cloud is not instantiated', cloud.key, before);
    const groups = await groupsOfCloud(deps, cloud);
    if (groups.length > 0) throw usedBy(cloud, groups);
    await appendCloudAction(deps, cloud, (life) => {
      const state = toLogicalCloudState(life);
      if (!isCloudUp(state)) throw cloudRefusal('The Logical Cloud has already been terminated', cloud.key, state);
      return { state: 'Terminated', instance: life.actions.at(-1)?.instance ?? '', revision: 0 };
    });
    response.status(202).end();
  };

const usedBy = (cloud: StoredDocument, groups: readonly StoredDocument[]): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'is-referenced',
    text: 'Found at least one DIG associated with Logical Cloud attempted to be terminated',
    problems: groups.slice(0, 20).map(({ key }) => ({ object: cloud.key, expected: 'no group in it', found: key })),
  });

/** EMCO answers an empty document, whatever it did. */
const emptyCloud = {
  metadata: { name: '', description: '', userData1: '', userData2: '' },
  spec: { namespace: '', labels: null, level: '', user: { userName: '', type: '' } },
};

const updating =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const cloud = await findCloud(deps, namesOf(request));
    const state = toLogicalCloudState(await loadCloudLife(deps, cloud));
    if (isCloudUp(state)) {
      await appendCloudAction(deps, cloud, (life) => ({
        state: 'Updated',
        instance: deps.ids.instance(),
        revision: lastRevision(life) + 1,
      }));
    }
    sendJson(response, 202, emptyCloud);
  };

/** There is never anything under way that could be stopped. */
const stopping =
  (deps: ApiDeps): Handler =>
  async (request) => {
    const names = namesOf(request);
    const cloud = await findCloud(deps, names);
    const state = toLogicalCloudState(await loadCloudLife(deps, cloud));
    const name = names['logicalCloud'] ?? '';
    if (state === 'Created') {
      throw cloudRefusal(`LogicalCloud has not been asked to instantiate: ${name}`, cloud.key, state);
    }
    throw new HttpProblem({
      status: 400,
      code: 'transition-illegal',
      text: `LogicalCloud is not instantiating or terminating:${name}`,
      problems: [{ object: cloud.key, expected: 'something under way', found: state }],
    });
  };

const showing =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const cloud = await findCloud(deps, names);
    const references = await deps.store.documents.list(documentKinds.clusterReference, cloud.key);
    const life = await loadCloudLife(deps, cloud);
    sendJson(response, 200, toCloudStatus({ names, life, references, query: request.query }));
  };
