/** Reads what a status needs, and no more. */
import { toGroupRef } from '#domain/group.ts';
import { textAt } from '#domain/document-secrets.ts';
import type { Plan } from '#domain/plan.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { loadPlan } from '#api/groups/load-plan.ts';
import type { FoundGroup } from '#api/groups/find-group.ts';
import { type DeployedStatus, findChange, toDeployedStatus } from './deployed-status.ts';
import type { StatusQuery } from './status-query.ts';
import { type StatusRow, toEarlierRows, toPresentRows } from './status-row.ts';

export interface LoadedStatus {
  readonly head: JsonHead;
  readonly record: GroupRecord;
  readonly operations: readonly OperationRecord[];
  readonly deployedStatus: DeployedStatus | null;
  readonly rows: readonly StatusRow[];
}

interface JsonHead {
  readonly project: string;
  readonly compositeApp: string;
  readonly compositeAppVersion: string;
  readonly compositeProfile: string;
  readonly name: string;
}

/** @throws HttpProblem 400 for an instance that the group never had */
export async function loadStatus(deps: ApiDeps, found: FoundGroup, query: StatusQuery): Promise<LoadedStatus> {
  const record = await ensureGroup(deps, found.document);
  const operations = await deps.store.groups.listOperations(found.group, 50);
  const targets = await deps.store.plans.targets(found.group);
  const loaded = { head: toHead(found), record, operations };
  const { instance } = query;
  if (instance !== null && instance !== toLatestInstance(record)) {
    return { ...loaded, ...(await loadEarlier(deps, { found, record, targets, operations, instance })) };
  }
  const change = findChange(operations);
  const rows = toPresentRows(targets, change?.kind === 'terminate');
  const isFrozen = change !== undefined && (await isPlanned(deps, found, change));
  return { ...loaded, rows, deployedStatus: toDeployedStatus({ record, operations, rows, isFrozen }) };
}

function toHead({ group, document }: FoundGroup): JsonHead {
  const { project, compositeApp, version, group: name } = toGroupRef(group);
  const compositeProfile = textAt(document.body, ['spec', 'compositeProfile']);
  return { project, compositeApp, compositeAppVersion: version, compositeProfile, name };
}

const toLatestInstance = (record: GroupRecord): string =>
  record.actions.findLast(({ instance }) => instance !== '')?.instance ?? '';

async function isPlanned(deps: ApiDeps, { group }: FoundGroup, change: OperationRecord): Promise<boolean> {
  return change.revision > 0 && (await deps.store.groups.findRevision(group, change.revision)) !== null;
}

interface Earlier {
  readonly found: FoundGroup;
  readonly record: GroupRecord;
  readonly targets: readonly TargetRow[];
  readonly operations: readonly OperationRecord[];
  readonly instance: string;
}

async function loadEarlier(
  deps: ApiDeps,
  { found, record, targets, operations, instance }: Earlier,
): Promise<Pick<LoadedStatus, 'rows' | 'deployedStatus'>> {
  if (!record.actions.some((action) => action.instance === instance)) {
    throw new HttpProblem({
      status: 400,
      code: 'document-not-found',
      text: `No state information for ${instance.slice(0, 40)}`,
      problems: [{ object: found.group, expected: 'an instance of the group', found: instance.slice(0, 40) }],
    });
  }
  const operation = operations.find((each) => each.instance === instance && each.revision > 0);
  const revisions = await deps.store.groups.listRevisions(found.group);
  const revision = revisions.find((each) => each.instance === instance);
  const plan: Plan | null = revision === undefined ? null : await loadPlan(deps, revision.digest);
  const deployedStatus = operation?.state === 'failed' ? 'InstantiateFailed' : 'Updated';
  return { rows: plan === null ? [] : toEarlierRows(plan, targets), deployedStatus };
}
