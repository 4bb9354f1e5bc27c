import { type GroupKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import type { OperationRequest } from '#domain/operation.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { findGroup } from '#api/groups/find-group.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { toAllowedText } from '#api/groups/refused-transition.ts';
import { checkIntents } from './check-intents.ts';

type Target = NonNullable<OperationRequest['migrateTo']>;

/** The target exists, is another group, is Approved, and its documents say something that can run. @throws HttpProblem */
export async function checkMigration(deps: ApiDeps, group: GroupKey, to: Target): Promise<void> {
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
  await checkIntents(deps, found);
}
