/** The state of a logical cloud, and what it forbids. */
import { documentKinds } from '#domain/document-kinds.ts';
import { type DocumentKey, toClusterKey } from '#domain/group.ts';
import { memberAt, textAt } from '#domain/document-secrets.ts';
import {
  isCloudUp,
  type LogicalCloudAction,
  type LogicalCloudLife,
  parseLogicalCloudLife,
  toLogicalCloudFact,
  toLogicalCloudState,
} from '#domain/logical-cloud.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Removal } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';

export async function loadCloudLife(deps: ApiDeps, cloud: StoredDocument): Promise<LogicalCloudLife> {
  return parseLogicalCloudLife(await deps.store.facts.get(toLogicalCloudFact(cloud.key)), cloud);
}

/** Appends an action by compare-and-swap; `next` says which one from the life at hand, or throws. */
export async function appendCloudAction(
  deps: ApiDeps,
  cloud: StoredDocument,
  next: (life: LogicalCloudLife) => Omit<LogicalCloudAction, 'time'>,
): Promise<LogicalCloudLife> {
  const name = toLogicalCloudFact(cloud.key);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const fact = await deps.store.facts.get(name);
    const life = parseLogicalCloudLife(fact, cloud);
    const { state, instance, revision } = next(life);
    const action = { state, instance, time: deps.clock.now(), revision };
    const statusContext = action.state === 'Instantiated' ? action.instance : life.statusContext;
    const changed = { ...life, statusContext, actions: [...life.actions, action] };
    if (await deps.store.facts.swap(name, fact, JSON.stringify(changed))) return changed;
  }
  throw new HttpProblem({
    status: 503,
    code: 'store-unavailable',
    text: 'Too many changes of the Logical Cloud at once',
  });
}

/** A cloud that is up keeps its document. */
export async function refuseCloudInUse({ deps, document }: Removal): Promise<void> {
  const state = toLogicalCloudState(await loadCloudLife(deps, document));
  if (!isCloudUp(state)) return;
  throw cloudRefusal('The Logical Cloud is instantiated, please terminate first', document.key, state);
}

export const cloudRefusal = (text: string, key: DocumentKey, found: string): HttpProblem =>
  new HttpProblem({
    status: 409,
    code: 'transition-illegal',
    text,
    problems: [{ object: key, expected: 'another state', found }],
  });

/** A cluster stays in the cloud while a group of the cloud runs on it. */
export async function refuseReferenceInUse({ deps, document, names }: Removal): Promise<void> {
  const cloud = document.parent === null ? null : await deps.store.documents.find(document.parent);
  if (cloud === null || !isCloudUp(toLogicalCloudState(await loadCloudLife(deps, cloud)))) return;
  const provider = textAt(document.body, ['spec', 'clusterProvider']);
  const cluster = textAt(document.body, ['spec', 'cluster']);

  const key = toClusterKey({ provider, cluster });
  const groups = await deps.store.plans.groupsOn(key);
  const documents = await deps.store.documents.findMany(groups.map(({ group }) => group));
  const users = [...documents.values()].filter(
    (group) =>
      group.key.startsWith(`/projects/${names['project']}/`) &&
      memberAt(group.body, ['spec', 'logicalCloud']) === names['logicalCloud'],
  );
  if (users.length === 0) return;
  throw new HttpProblem({
    status: 409,
    code: 'is-referenced',
    text: "Can't remove Cluster Reference: the Logical Cloud is instantiated, please terminate first",
    problems: users.slice(0, 20).map((group) => ({ object: key, expected: 'no group on it', found: group.key })),
  });
}

/** Groups of the project whose document names the cloud, in any state. */
export async function groupsOfCloud(deps: ApiDeps, cloud: StoredDocument): Promise<readonly StoredDocument[]> {
  const [, , project = '', , name = ''] = cloud.key.split('/');
  // The key of the cloud's project.
  const parent = `/projects/${project}` as DocumentKey;
  const groups = await deps.store.documents.listBelow(parent, [documentKinds.deploymentIntentGroup]);
  return groups.filter((group) => memberAt(group.body, ['spec', 'logicalCloud']) === name);
}
