import { textAt } from '#domain/document-secrets.ts';
import { type DocumentKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import { toCloudLevel } from '#domain/logical-cloud.ts';
import type { OperationRequest } from '#domain/operation.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { findGroup, type FoundGroup } from '#api/groups/find-group.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { toAllowedText } from '#api/groups/refused-transition.ts';
import { checkIntents } from './check-intents.ts';

type Target = NonNullable<OperationRequest['migrateTo']>;

/**
 * The target exists, is another group, is Approved, has the rights of the same logical cloud, and its documents say something
 * that can run. @throws HttpProblem
 */
export async function checkMigration(deps: ApiDeps, { group, document }: FoundGroup, to: Target): Promise<void> {
  const source = toGroupRef(group);
  const target = toGroupKey({ ...source, ...to });
  if (target === group) {
    throw new HttpProblem({
      status: 400,
      code: 'document-invalid',
      text: 'A DeploymentIntentGroup cannot be migrated to itself',
      problems: [{ object: group, expected: 'another group to migrate to', found: 'itself' }],
    });
  }
  const { project, compositeApp } = source;
  const names = { project, compositeApp, compositeAppVersion: to.version, deploymentIntentGroup: to.group };
  const found = await findGroup(deps, names);
  const { state } = await ensureGroup(deps, found.document);
  if (state !== 'Approved') {
    throw new HttpProblem({
      status: 409,
      code: 'transition-illegal',
      text: `DeploymentIntentGroup is not approved :${to.group}\nstate ${state}, allowed: ${toAllowedText(state)}`,
      problems: [
        {
          object: target,
          expected: 'state Approved to migrate to',
          found: `${state}, which allows ${toAllowedText(state)}`,
        },
      ],
    });
  }
  await checkClouds(deps, { group, document }, found);
  await checkIntents(deps, found);
}

/** What runs in a level 1 cloud can be changed and deleted with that cloud's rights only. */
async function checkClouds(deps: ApiDeps, source: FoundGroup, target: FoundGroup): Promise<void> {
  const toCloud = ({ document }: FoundGroup): string => textAt(document.body, ['spec', 'logicalCloud']);
  const [from, to] = [toCloud(source), toCloud(target)];
  if (from === to) return;
  // Both groups are of one project, as every migration's are.
  const toCloudKey = (name: string) =>
    `/projects/${toGroupRef(source.group).project}/logical-clouds/${name}` as DocumentKey;
  const clouds = await deps.store.documents.findMany([toCloudKey(from), toCloudKey(to)]);
  if ([...clouds.values()].every(({ body }) => toCloudLevel(body) === '0')) return;
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `A DeploymentIntentGroup of Logical Cloud ${from} cannot be migrated to one of Logical Cloud ${to}`,
    problems: [
      {
        object: target.group,
        expected: `the logical cloud ${from} of ${source.group}, since one of the two is of level 1`,
        found: to,
      },
    ],
  });
}
