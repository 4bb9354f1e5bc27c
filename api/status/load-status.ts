/** Reads what a status needs, and no more. */
import { textAt } from '#domain/document-secrets.ts';
import { toGroupRef } from '#domain/group.ts';
import type { OperationRecord } from '#domain/operation.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { TargetClass } from '#domain/ports/plans.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { FoundGroup } from '#api/groups/find-group.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { type DeployedStatus, findChange, toDeployedStatus } from './deployed-status.ts';
import { loadEarlier } from './load-earlier.ts';
import type { StatusQuery } from './status-query.ts';
import { countPhases, type StatusRow, toPresentRows } from './status-row.ts';

export interface LoadedStatus extends Standing {
  readonly head: JsonHead;
  readonly record: GroupRecord;
  readonly operations: readonly OperationRecord[];
}

/** Where one instance of a group stands. */
export interface Standing {
  readonly deployedStatus: DeployedStatus | null;
  /** 0: none. */
  readonly revision: number;
  /** Targets by phase. */
  readonly phases: Readonly<Record<string, number>>;
  readonly messages: readonly Pick<TargetRow, 'app' | 'cluster' | 'phase' | 'message'>[];
  readonly rows: () => Promise<readonly StatusRow[]>;
  /** The same, counted in the store; null where only rows can say it. */
  readonly classes: ((query: StatusQuery, health: boolean) => Promise<readonly TargetClass[]>) | null;
}

interface JsonHead {
  readonly project: string;
  readonly compositeApp: string;
  readonly compositeAppVersion: string;
  readonly compositeProfile: string;
  readonly name: string;
}

/** Messages of single targets, at most. */
const shownMessages = 20;

/** @throws HttpProblem 400 for an instance that the group never had */
export async function loadStatus(deps: ApiDeps, found: FoundGroup, query: StatusQuery): Promise<LoadedStatus> {
  const record = await ensureGroup(deps, found.document);
  const operations = await deps.store.groups.listOperations(found.group, 50);
  const life = { found, record, operations };
  const isPresent = query.instance === null || query.instance === toLatestInstance(record);
  const standing = isPresent
    ? await loadPresent(deps, life)
    : await loadEarlier(deps, { ...life, instance: query.instance });
  return { head: toHead(found), record, operations, ...standing };
}

export interface GroupPast {
  readonly found: FoundGroup;
  readonly record: GroupRecord;
  /** Newest first. */
  readonly operations: readonly OperationRecord[];
}

async function loadPresent(deps: ApiDeps, { found, record, operations }: GroupPast): Promise<Standing> {
  const { plans } = deps.store;
  const { group } = found;
  const change = findChange(operations);
  const isTerminating = change?.kind === 'terminate';
  const isShown = ({ phase }: TargetClass): boolean => isTerminating || phase !== 'Removed';
  const classes = (await plans.summarise(group, { health: false })).filter(isShown);
  const wanted = classes.filter(({ isWanted }) => isWanted).map(({ phase }) => phase);
  const isFrozen = change !== undefined && (await isPlanned(deps, found, change));
  return {
    deployedStatus: toDeployedStatus({ record, operations, wanted, isFrozen }),
    revision: record.lastRevision,
    phases: countPhases(classes.map(({ phase, targets }) => [phase, targets] as const)),
    messages: await plans.notedTargets(group, shownMessages),
    rows: async () => toPresentRows(await plans.targets(group), isTerminating),
    classes: async ({ apps, clusters }, health) =>
      (await plans.summarise(group, { apps, clusters, health })).filter(isShown),
  };
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
