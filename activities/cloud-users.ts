import { isUsingCloud } from '#domain/cloud-lifecycle.ts';
import { documentKinds } from '#domain/document-kinds.ts';
import { memberAt } from '#domain/document-secrets.ts';
import { Failure } from '#domain/failure.ts';
import { type ClusterKey, type DocumentKey, type GroupKey, isCloudKey, toGroupRef } from '#domain/group.ts';
import type { ActivityDeps } from './deps.ts';

type Deps = Pick<ActivityDeps, 'store'>;

/** Groups of the cloud's project whose document names it. */
export async function findMembers({ store }: Deps, cloud: GroupKey): Promise<readonly GroupKey[]> {
  const { project, group: name } = toGroupRef(cloud);
  // The key of the cloud's project.
  const parent = `/projects/${project}` as DocumentKey;
  const groups = await store.documents.listBelow(parent, [documentKinds.deploymentIntentGroup]);
  const members = groups.filter(({ body }) => memberAt(body, ['spec', 'logicalCloud']) === name);
  // Documents of this kind have the keys of groups.
  return members.map(({ key }) => key as GroupKey);
}

/** Those that may have something on any of the clusters. */
export async function findUsers(
  { store }: Deps,
  cloud: GroupKey,
  isMeant: (cluster: ClusterKey) => boolean,
): Promise<readonly GroupKey[]> {
  const users: GroupKey[] = [];
  for (const group of await findMembers({ store }, cloud)) {
    const targets = await store.plans.targets(group);
    if (
      isUsingCloud(
        targets.filter(({ cluster }) => isMeant(cluster)),
        [],
      )
    )
      users.push(group);
  }
  return users;
}

/**
 * A cloud's objects go after all its groups, also those that came while it was asked to go.
 * @throws Failure `timed-out`, to be tried again, while a group uses it
 */
export async function refuseWhileUsed({ store }: Deps, cloud: GroupKey): Promise<void> {
  if (!isCloudKey(cloud)) return;
  const users: GroupKey[] = [];
  for (const group of await findMembers({ store }, cloud)) {
    const operations = await store.groups.listOperations(group, 20);
    if (isUsingCloud(await store.plans.targets(group), operations)) users.push(group);
  }
  if (users.length === 0) return;
  const problem = (found: string) => ({ object: `logical cloud ${cloud}`, expected: 'no group that uses it', found });
  throw new Failure('timed-out', users.slice(0, 20).map(problem));
}
