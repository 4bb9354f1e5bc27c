import { documentKinds } from '#domain/document-kinds.ts';
import { type ClusterKey, type DocumentKey, type GroupKey, toClusterKey, toGroupRef } from '#domain/group.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { loadCloud, refuseByState } from '#api/clouds/logical-cloud-life.ts';

/** The clusters of the group's logical cloud. @throws HttpProblem when there is none or it is not up */
export async function checkCloud(deps: ApiDeps, group: GroupKey, name: string): Promise<ReadonlySet<ClusterKey>> {
  const { documents } = deps.store;
  const key = `/projects/${toGroupRef(group).project}/logical-clouds/${name}` as DocumentKey;
  const cloud = await documents.find(key);
  if (cloud === null) {
    throw new HttpProblem({
      status: 400,
      code: 'reference-not-found',
      text: 'Failed to obtain Logical Cloud specified',
      problems: [{ object: group, expected: `the logical cloud ${name}`, found: 'none' }],
    });
  }
  refuseByState(key, 'use', (await loadCloud(deps, cloud)).state);
  const references = await documents.list(documentKinds.clusterReference, key);
  return new Set(
    references.map(({ body }) =>
      toClusterKey({
        provider: textAt(body, ['spec', 'clusterProvider']),
        cluster: textAt(body, ['spec', 'cluster']),
      }),
    ),
  );
}
