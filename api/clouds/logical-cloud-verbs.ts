/** The verbs of logical clouds. Level 0 has nothing to bring up, so every verb ends at once. */
import type { Router } from 'express';
import { toStopRefusal } from '#domain/cloud-lifecycle.ts';
import { documentKinds } from '#domain/document-kinds.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { DocumentKey } from '#domain/group.ts';
import { type LogicalCloudLife, toLogicalCloudState } from '#domain/logical-cloud.ts';
import type { OperationKind } from '#domain/operation.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint, type Handler, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toKey, toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { sendJson } from '#api/engine/respond.ts';
import { toOperation } from '#api/groups/operation-view.ts';
import { checkLevelOne } from './check-level-one.ts';
import { showingKubeconfig } from './cloud-kubeconfig.ts';
import { isKnownRequest, requestOnCloud } from './level-one-operation.ts';
import { appendCloudAction, type FoundCloud, loadCloud, refuseByState, refuseUsedCloud } from './logical-cloud-life.ts';
import { toCloudStatus } from './logical-cloud-status.ts';

const cloudPath = '/projects/{project}/logical-clouds/{logicalCloud}';

export function mountLogicalCloudVerbs(router: Router, deps: ApiDeps): void {
  const at = (path: string) => router.route(`${toRoute(cloudPath)}/${path}`);
  const posts: readonly (readonly [string, Handler])[] = [
    ['instantiate', instantiating(deps)],
    ['terminate', terminating(deps)],
    ['update', updating(deps)],
    ['stop', stopping(deps)],
  ];
  const gets: readonly (readonly [string, Handler])[] = [
    ['status', showing(deps)],
    ['operations', listingOperations(deps)],
    ['cluster-references/:clusterReference/kubeconfig', showingKubeconfig(deps, findCloud)],
  ];
  for (const [path, handler] of posts)
    at(path)
      .post(endpoint(handler))
      .all(refuseMethods(['POST']));
  for (const [path, handler] of gets)
    at(path)
      .get(endpoint(handler))
      .all(refuseMethods(['GET']));
}

async function findCloud(deps: ApiDeps, names: PathNames): Promise<FoundCloud> {
  const key = toKey(cloudPath, names);
  const cloud = key === null ? null : await deps.store.documents.find(key);
  if (cloud !== null) return loadCloud(deps, cloud);
  throw new HttpProblem({ status: 404, code: 'document-not-found', text: 'Logical Cloud not found' });
}

const findReferences = (deps: ApiDeps, cloud: StoredDocument): Promise<readonly StoredDocument[]> =>
  deps.store.documents.list(documentKinds.clusterReference, cloud.key);

async function needReferences(deps: ApiDeps, cloud: StoredDocument): Promise<readonly StoredDocument[]> {
  const references = await findReferences(deps, cloud);
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
    if (!(await isKnown({ deps, request }, cloud, 'instantiate'))) {
      await checkReferences(deps, cloud.document);
      if (cloud.level === '1') await checkLevelOne(deps, cloud.document);
      refuseByState(cloud.group, 'instantiate', cloud.state);
    }
    if (cloud.level === '1') await requestOnCloud({ deps, request, response }, cloud, 'instantiate');
    else
      await appendCloudAction(deps, cloud.document, (life) => {
        refuseByState(cloud.group, 'instantiate', toLogicalCloudState(life));
        return { state: 'Instantiated', instance: deps.ids.instance(), revision: lastRevision(life) + 1 };
      });
    response.status(202).end();
  };

const isKnown = async (
  call: Parameters<typeof isKnownRequest>[0],
  cloud: FoundCloud,
  kind: OperationKind,
): Promise<boolean> => cloud.level === '1' && (await isKnownRequest(call, cloud, kind));

async function checkReferences(deps: ApiDeps, cloud: StoredDocument): Promise<void> {
  const references = await needReferences(deps, cloud);
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
    if (!(await isKnown({ deps, request }, cloud, 'terminate'))) {
      await needReferences(deps, cloud.document);
      refuseByState(cloud.group, 'terminate', cloud.state);
      await refuseUsedCloud(deps, cloud.document);
    }
    if (cloud.level === '1') await requestOnCloud({ deps, request, response }, cloud, 'terminate');
    else
      await appendCloudAction(deps, cloud.document, (life) => {
        refuseByState(cloud.group, 'terminate', toLogicalCloudState(life));
        return { state: 'Terminated', instance: life.actions.at(-1)?.instance ?? '', revision: 0 };
      });
    response.status(202).end();
  };

/** EMCO answers an empty document, whatever it did. */
const emptyCloud = {
  metadata: { name: '', description: '', userData1: '', userData2: '' },
  spec: { namespace: '', labels: null, level: '', user: { userName: '', type: '' } },
};

const isUp = ({ state }: Pick<FoundCloud, 'state'>): boolean =>
  ['Instantiating', 'Instantiated', 'InstantiateFailed', 'InstantiateStopped', 'Updated'].includes(state);

/** Of a cloud that is not up EMCO's update says nothing and does nothing. */
const updating =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const cloud = await findCloud(deps, namesOf(request));
    if (isUp(cloud) && cloud.level === '1') {
      await checkReferences(deps, cloud.document);
      await checkLevelOne(deps, cloud.document);
      await requestOnCloud({ deps, request, response }, cloud, 'update');
    } else if (isUp(cloud)) {
      await appendCloudAction(deps, cloud.document, (life) => ({
        state: 'Updated',
        instance: deps.ids.instance(),
        revision: lastRevision(life) + 1,
      }));
    }
    sendJson(response, 202, emptyCloud);
  };

const stopping =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const cloud = await findCloud(deps, names);
    if (!(await isKnown({ deps, request }, cloud, 'stop'))) {
      const refusal = toStopRefusal(cloud.state, names['logicalCloud'] ?? '');
      if (refusal !== null) {
        const problems = [{ object: cloud.group, expected: 'something under way', found: cloud.state }];
        throw new HttpProblem({ ...refusal, code: 'transition-illegal', problems });
      }
    }
    await requestOnCloud({ deps, request, response }, cloud, 'stop');
    response.status(200).end();
  };

/** As of groups; none of a level 0 cloud, whose verbs end at once. */
const listingOperations =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const { group, level } = await findCloud(deps, namesOf(request));
    const operations = level === '0' ? [] : await deps.store.groups.listOperations(group, 100);
    sendJson(response, 200, operations.map(toOperation));
  };

const showing =
  (deps: ApiDeps): Handler =>
  async (request, response) => {
    const names = namesOf(request);
    const cloud = await findCloud(deps, names);
    const references = await findReferences(deps, cloud.document);
    sendJson(response, 200, await toCloudStatus(deps, cloud, { names, references, query: request.query }));
  };
