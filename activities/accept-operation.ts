import { Failure, failureClasses } from '#domain/failure.ts';
import { type GroupKey, isCloudKey } from '#domain/group.ts';
import type { OperationKind, OperationRecord } from '#domain/operation.ts';
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { Acceptance, GroupSteps, OperationContext, Recalled } from '#domain/steps.ts';
import { tellMembers } from './cloud-demands.ts';
import type { ActivityDeps } from './deps.ts';

type AcceptInput = Parameters<GroupSteps['acceptOperation']>[0];

/** A plan of before may lack clusters that groups of the cloud run on by now; and a cloud is not of another version. */
const ofClouds: ReadonlySet<OperationKind> = new Set(['instantiate', 'update', 'terminate', 'stop', 'pause', 'resume']);

/** Pause and resume must not raise the fence: the running operation goes on under its own number. */
const raisesFence = (kind: OperationKind): boolean => kind !== 'pause' && kind !== 'resume';

/** Writes the operation's row where nobody did (a signal), and raises the group's fence to its number. */
export async function acceptOperation(deps: ActivityDeps, { group, request }: AcceptInput): Promise<Acceptance> {
  const { groups } = deps.store;
  if (isCloudKey(group) && !ofClouds.has(request.kind)) {
    const message = `logical cloud ${group}: expected one of ${[...ofClouds].join(', ')}, found ${request.kind}`;
    return { accepted: false, state: 'refused', message };
  }
  const wanted = await requestOnce(deps, { group, request });
  if (!('number' in wanted)) return wanted;
  if (isEnded(wanted)) return { accepted: false, state: wanted.state, message: wanted.message };
  const current = await groups.find(group);
  if (raisesFence(wanted.kind) && current !== null && current.operation > wanted.number) {
    const message = `Operation ${current.operation} came first.`;
    await groups.end(group, wanted.operationId, { state: 'superseded', message });
    return { accepted: false, state: 'superseded', message };
  }
  const record = raisesFence(wanted.kind) ? await groups.begin(group, wanted.operationId) : wanted;
  if (isEnded(record)) return { accepted: false, state: record.state, message: record.message };
  return {
    accepted: true,
    context: toContext(group, record),
    toRevision: record.toRevision,
    migrateTo: record.migrateTo,
    firstTick: deps.now(),
    ...toHold(await groups.find(group)),
  };
}

const toHold = (record: GroupRecord | null): { readonly paused: boolean; readonly stopped: boolean } => ({
  paused: record?.paused ?? false,
  stopped: record?.state === 'InstantiateStopped' || record?.state === 'TerminateStopped',
});

const isEnded = ({ state }: OperationRecord): boolean => state !== 'requested' && state !== 'accepted';

async function requestOnce(
  deps: ActivityDeps,
  { group, request }: AcceptInput,
): Promise<OperationRecord | (Acceptance & { accepted: false })> {
  try {
    return await deps.store.groups.request(group, request, { recordRefusal: true });
  } catch (error) {
    if (!(error instanceof Failure) || failureClasses[error.code].retryable) throw error;
    return { accepted: false, state: 'refused', message: error.message };
  }
}

type EndInput = Parameters<GroupSteps['endOperation']>[0];

export async function endOperation(deps: ActivityDeps, input: EndInput): ReturnType<GroupSteps['endOperation']> {
  const { groups, plans } = deps.store;
  const { group, operationId, state, message, kind, revision } = input;
  await groups.end(group, operationId, { state, message });
  if (state === 'done' && revision > 0) await groups.markVerified(group, revision);
  if (state === 'done' && kind === 'terminate') await plans.dropRemoved(group);
  if (state === 'done' && isCloudKey(group)) await tellMembers(deps, input);
  return { groupGone: (await groups.find(group)) === null };
}

export async function recordRefusal(
  deps: ActivityDeps,
  { group, name, message }: { group: GroupKey; name: string; message: string },
): Promise<void> {
  const time = new Date(deps.now()).toISOString();
  const row = {
    time,
    actor: 'signal',
    action: `refused ${name}`,
    object: group,
    before: '',
    after: '',
    detail: message,
  };
  await deps.store.audit.append(row);
  await deps.store.events.append(group, { type: 'refused', body: { kind: name, message, requestedBy: row.actor } });
}

/** The row of a pause or resume says it; this leaves the trace in the audit. */
export async function setPaused(deps: ActivityDeps, input: OperationContext & { paused: boolean }): Promise<void> {
  await deps.store.groups.step(input.group, input.operationId, input.paused ? 'paused' : 'resumed');
}

/** The last operation that began, and what has not ended. */
export async function recallGroup(deps: ActivityDeps, { group }: { group: GroupKey }): Promise<Recalled> {
  const record = await deps.store.groups.find(group);
  const operations = await deps.store.groups.listOperations(group, 20);
  const last = operations.find((o) => o.number === record?.operation);
  return {
    context: last === undefined ? null : toContext(group, last),
    ...toHold(record),
    lastRevision: record?.lastRevision ?? 0,
    firstTick: deps.now(),
    exists: record !== null,
    open: operations
      .filter((o) => !isEnded(o))
      .map(toOpen)
      .toReversed(),
  };
}

function toOpen({
  operationId,
  kind,
  toRevision,
  migrateTo,
  requestedBy,
  revision,
  removal,
}: OperationRecord): Recalled['open'][number] {
  const options = removal === undefined ? {} : { removal };
  return { request: { operationId, kind, toRevision, migrateTo, requestedBy, ...options }, recordedRevision: revision };
}

const toContext = (group: GroupKey, { operationId, number, kind, revision }: OperationRecord): OperationContext => ({
  group,
  operationId,
  operation: number,
  kind,
  revision,
});
