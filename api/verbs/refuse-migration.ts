import { type GroupKey, toGroupKey, toGroupRef } from '#domain/group.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';

/** Says what is wrong with the target, or that migrating comes with a later version. */
export async function refuseMigration(
  deps: ApiDeps,
  group: GroupKey,
  to: { readonly version: string; readonly group: string },
): Promise<never> {
  const target = toGroupKey({ ...toGroupRef(group), ...to });
  if ((await deps.store.documents.find(target)) === null) {
    const problems = [{ object: target, expected: 'a group to migrate to', found: 'none' }];
    throw new HttpProblem({
      status: 404,
      code: 'document-not-found',
      text: 'DeploymentIntentGroup not found',
      problems,
    });
  }
  throw new HttpProblem({
    status: 501,
    code: 'not-implemented',
    text: 'Migrating a group comes with a later version: instantiate the new version, then terminate the old one',
    problems: [{ object: group, expected: 'another verb', found: 'migrate' }],
  });
}
