/** `GET …/status` of a group. */
import type { Router } from 'express';
import { documentKinds } from '#domain/document-kinds.ts';
import { memberAt } from '#domain/document-secrets.ts';
import type { DocumentKey, GroupKey } from '#domain/group.ts';
import { toGroupRef } from '#domain/group.ts';
import type { ApiDeps } from '#api/deps.ts';
import { endpoint, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { sendJson } from '#api/engine/respond.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { findGroup, type FoundGroup } from '#api/groups/find-group.ts';
import { toGroupStatus } from './group-status.ts';
import { parseStatusQuery, type StatusQuery } from './status-query.ts';

export function mountStatus(router: Router, deps: ApiDeps): void {
  router
    .route(`${toRoute(groupPath)}/status`)
    .get(
      endpoint(async (request, response) => {
        const query = parseStatusQuery(request.query);
        const found = await findShown(deps, namesOf(request));
        await refuseUnknownApps(deps, found.group, query);
        sendJson(response, 200, await toGroupStatus(deps, found, query));
      }),
    )
    .all(refuseMethods(['GET']));
}

/** EMCO answers every mistake of a status with 400, a missing group too. */
async function findShown(deps: ApiDeps, names: PathNames): Promise<FoundGroup> {
  try {
    return await findGroup(deps, names);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const text = 'DeploymentIntentGroup not found: DeploymentIntentGroup not found';
    throw new HttpProblem({ status: 400, code: error.code, text, problems: error.problems });
  }
}

async function refuseUnknownApps(deps: ApiDeps, group: GroupKey, { apps }: StatusQuery): Promise<void> {
  if (apps.length === 0) return;
  const { project, compositeApp, version } = toGroupRef(group);
  const key = `/projects/${project}/composite-apps/${compositeApp}/${version}` as DocumentKey;
  const known = await deps.store.documents.list(documentKinds.app, key);
  const names = new Set(known.map((app) => memberAt(app.body, ['metadata', 'name'])));
  const unknown = apps.find((app) => !names.has(app));
  if (unknown === undefined) return;
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `Filter app ${unknown} not in list of apps for composite app ${compositeApp}`,
    problems: [{ object: key, expected: 'an app of the composite app', found: unknown }],
  });
}
