/** The state of a logical cloud, and what it forbids. Level 0 is bookkeeping; level 1 runs as a group of its own. */
import { documentKinds } from '#domain/document-kinds.ts';
import { type DocumentKey, type GroupKey, toClusterKey } from '#domain/group.ts';
import { memberAt, textAt } from '#domain/document-secrets.ts';
import {
  type CloudAction,
  type CloudState,
  isUsingCloud,
  toCloudRefusal,
  toLevelOneState,
} from '#domain/cloud-lifecycle.ts';
import type { StateAction } from '#domain/lifecycle.ts';
import {
  type LogicalCloudAction,
  type LogicalCloudLife,
  parseLogicalCloudLife,
  toCloudLevel,
  toLogicalCloudFact,
  toLogicalCloudState,
} from '#domain/logical-cloud.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { Draft, Removal } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';

export interface FoundCloud {
  readonly document: StoredDocument;
  /** Under this key a level 1 cloud runs. */
  readonly group: GroupKey;
  readonly level: '0' | '1';
  readonly state: CloudState;
}

export async function loadCloud(deps: ApiDeps, document: StoredDocument): Promise<FoundCloud> {
  const level = toCloudLevel(document.body);
  // The key of a logical cloud is that of the group by which it runs.
  const group = document.key as GroupKey;
  if (level === '0') return { document, group, level, state: toLogicalCloudState(await loadCloudLife(deps, document)) };
  const record = await deps.store.groups.find(group);
  const operations = record === null ? [] : await deps.store.groups.listOperations(group, 20);
  return { document, group, level, state: toLevelOneState(record?.state ?? null, operations) };
}

/** Of a level 0 cloud. */
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

/** @throws HttpProblem 409 with EMCO's text when the state forbids the action */
export function refuseByState(key: DocumentKey, action: CloudAction, state: CloudState): void {
  const text = toCloudRefusal(action, state);
  if (text === null) return;
  throw new HttpProblem({
    status: 409,
    code: 'transition-illegal',
    text,
    problems: [{ object: key, expected: `a state that allows to ${action}`, found: state }],
  });
}

/** A cloud that is up keeps its document. Of one that runs as a group the run-time record goes first, as for groups. */
export async function removeCloudLife({ deps, document }: Removal): Promise<void> {
  const cloud = await loadCloud(deps, document);
  refuseByState(document.key, 'delete', cloud.state);
  if ((await deps.store.groups.find(cloud.group)) === null) return;
  const children = await deps.store.documents.listBelow(document.key, [
    documentKinds.clusterReference,
    documentKinds.userPermission,
    documentKinds.clusterQuota,
    documentKinds.logicalCloudKv,
  ]);
  // The store refuses the document then; its record has to stay with it.
  if (children.length === 0) await deps.store.groups.remove(cloud.group, { name: 'api' });
}

/** What runs cannot become something else; labels and the rest come to the clusters with an update. */
export async function refuseOtherCloud({ deps, existing, body }: Draft<{ readonly spec: CloudSpec }>): Promise<void> {
  if (existing === null) return;
  const { state } = await loadCloud(deps, existing);
  if (state === 'Created' || state === 'Terminated') return;
  const wanted = { namespace: body.spec.namespace, level: body.spec.level, userName: body.spec.user.userName };
  const found = {
    namespace: textAt(existing.body, ['spec', 'namespace']),
    level: textAt(existing.body, ['spec', 'level']),
    userName: textAt(existing.body, ['spec', 'user', 'userName']),
  };
  const changed = (['namespace', 'level', 'userName'] as const).filter((member) => wanted[member] !== found[member]);
  if (changed.length === 0) return;
  throw new HttpProblem({
    status: 409,
    code: 'transition-illegal',
    text: `The Logical Cloud is in use: ${changed.join(', ')} can't be changed, please terminate first`,
    problems: changed.map((member) => ({
      object: existing.key,
      expected: `${member} ${found[member]} while the cloud is ${state}`,
      found: wanted[member],
    })),
  });
}

interface Reference {
  readonly spec: { readonly clusterProvider: string; readonly cluster: string };
}

interface CloudSpec {
  readonly namespace: string;
  readonly level: string;
  readonly user: { readonly userName: string };
}

/** A reference may be written again, but not for another cluster. */
export async function refuseNewReference({ deps, parent, existing, body }: Draft<Reference>): Promise<void> {
  const cloud = parent === null ? null : await deps.store.documents.find(parent);
  const members = ['clusterProvider', 'cluster'] as const;
  if (existing !== null && members.every((member) => textAt(existing.body, ['spec', member]) === body.spec[member]))
    return;
  if (existing !== null) {
    throw new HttpProblem({ status: 409, code: 'document-invalid', text: 'Cluster Reference mismatch' });
  }
  if (cloud !== null) refuseByState(cloud.key, 'add reference', (await loadCloud(deps, cloud)).state);
}

/** A cluster stays in the cloud while a group of the cloud runs on it. */
export async function refuseReferenceInUse({ deps, document }: Removal): Promise<void> {
  const cloud = document.parent === null ? null : await deps.store.documents.find(document.parent);
  if (cloud === null) return;
  refuseByState(cloud.key, 'remove reference', (await loadCloud(deps, cloud)).state);
  const provider = textAt(document.body, ['spec', 'clusterProvider']);
  const cluster = textAt(document.body, ['spec', 'cluster']);
  const key = toClusterKey({ provider, cluster });
  const groups = await deps.store.plans.groupsOn(key);
  const members = new Set((await groupsOfCloud(deps, cloud)).map((group) => group.key));
  const users = groups.filter(({ group }) => members.has(group));
  if (users.length === 0) return;
  throw new HttpProblem({
    status: 409,
    code: 'is-referenced',
    text: "Can't remove Cluster Reference: the Logical Cloud is instantiated, please terminate first",
    problems: users.slice(0, 20).map(({ group }) => ({ object: key, expected: 'no group on it', found: group })),
  });
}

/** Groups of the project whose document names the cloud, in any state. */
async function groupsOfCloud(deps: ApiDeps, cloud: StoredDocument): Promise<readonly StoredDocument[]> {
  const [, , project = '', , name = ''] = cloud.key.split('/');
  // The key of the cloud's project.
  const parent = `/projects/${project}` as DocumentKey;
  const groups = await deps.store.documents.listBelow(parent, [documentKinds.deploymentIntentGroup]);
  return groups.filter((group) => memberAt(group.body, ['spec', 'logicalCloud']) === name);
}

/** @throws HttpProblem 400 with EMCO's text while a group may have anything on a cluster or has an operation under way */
export async function refuseUsedCloud(deps: ApiDeps, cloud: StoredDocument): Promise<void> {
  const users: string[] = [];
  for (const { key } of await groupsOfCloud(deps, cloud)) {
    // Documents of this kind have the keys of groups.
    const group = key as GroupKey;
    const operations = await deps.store.groups.listOperations(group, 20);
    if (isUsingCloud(await deps.store.plans.targets(group), operations)) users.push(key);
  }
  if (users.length === 0) return;
  throw new HttpProblem({
    status: 400,
    code: 'is-referenced',
    text: 'Found at least one DIG associated with Logical Cloud attempted to be terminated',
    problems: users.slice(0, 20).map((found) => ({ object: cloud.key, expected: 'no group in it', found })),
  });
}

/** A group's states in the words of a cloud: nobody approves one, and an update is one action. */
export function toCloudActions(actions: readonly StateAction[]): readonly StateAction[] {
  return actions.flatMap((action, at): readonly StateAction[] => {
    if (action.state === 'Approved' || action.state === 'Updated') return [];
    return [actions[at - 1]?.state === 'Updated' ? { ...action, state: 'Updated' as const } : action];
  });
}
