/** What of an earlier instance is still there. EMCO shows everything of it as Pending. */
import type { OperationRecord } from '#domain/operation.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { loadPlan } from '#api/groups/load-plan.ts';
import type { DeployedStatus } from './deployed-status.ts';
import type { GroupPast, Standing } from './load-status.ts';
import { countPhases, type StatusRow, toEarlierRows } from './status-row.ts';

export interface EarlierInstance extends GroupPast {
  readonly instance: string;
}

/** @throws HttpProblem 400 for an instance that the group never had */
export async function loadEarlier(deps: ApiDeps, earlier: EarlierInstance): Promise<Standing> {
  const { found, record, operations, instance } = earlier;
  if (!record.actions.some((action) => action.instance === instance)) throw unknown(earlier);
  const revisions = await deps.store.groups.listRevisions(found.group);
  const revision = revisions.findLast((each) => each.instance === instance);
  const rows = revision === undefined ? [] : await loadRows(deps, earlier, revision.digest);
  const operation = operations.find((each) => each.instance === instance && each.revision > 0);
  return {
    deployedStatus: toDeployedStatus(record, instance, operation),
    revision: revision?.revision ?? 0,
    phases: countPhases(rows.map(({ phase }) => [phase ?? 'Superseded', 1] as const)),
    messages: [],
    rows: async () => rows,
    classes: null,
  };
}

async function loadRows(
  deps: ApiDeps,
  { found }: EarlierInstance,
  digest: Parameters<typeof loadPlan>[1],
): Promise<readonly StatusRow[]> {
  const { plans } = deps.store;
  const targets = await plans.targets(found.group);
  const present = [...new Set(targets.map(({ bundle }) => bundle).filter((bundle) => bundle !== null))];
  const records = await plans.findBundles(present);
  return toEarlierRows(await loadPlan(deps, digest), {
    targets,
    identitiesOf: (bundle) => (bundle === null ? [] : (records.get(bundle)?.identities ?? [])),
  });
}

function toDeployedStatus(
  { actions }: GroupRecord,
  instance: string,
  operation: OperationRecord | undefined,
): DeployedStatus {
  const last = actions.findLast((action) => action.instance === instance);
  if (last?.state === 'Terminated' || last?.state === 'TerminateStopped') return 'Terminated';
  return operation?.state === 'failed' ? 'InstantiateFailed' : 'Updated';
}

const unknown = ({ found, instance }: EarlierInstance): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-not-found',
    text: `No state information for ${instance.slice(0, 40)}`,
    problems: [{ object: found.group, expected: 'an instance of the group', found: instance.slice(0, 40) }],
  });
