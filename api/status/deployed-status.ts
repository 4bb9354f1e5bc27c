/** EMCO's `deployedStatus` of a group, from its newest operation and where its targets stand. */
import type { GroupRecord } from '#domain/ports/groups.ts';
import type { OperationKind, OperationRecord } from '#domain/operation.ts';
import type { TargetPhase } from '#domain/status.ts';
import { isApplied } from './status-row.ts';

export type DeployedStatus =
  | 'Instantiating'
  | 'Instantiated'
  | 'InstantiateFailed'
  | 'Terminating'
  | 'Terminated'
  | 'TerminateFailed'
  | 'Updated';

export interface GroupLife {
  readonly record: GroupRecord;
  /** Newest first. */
  readonly operations: readonly OperationRecord[];
  /** Where the targets stand that shall run. */
  readonly wanted: readonly TargetPhase[];
  /** Whether the newest operation's plan has become the targets. */
  readonly isFrozen: boolean;
}

/** Kinds that change what shall run; stop, pause and resume only hold it up. */
const changing: ReadonlySet<OperationKind> = new Set(['instantiate', 'update', 'rollback', 'terminate', 'migrate']);

/** The newest operation that says what shall run. */
export const findChange = (operations: readonly OperationRecord[]): OperationRecord | undefined =>
  operations.find((one) => changing.has(one.kind) && one.state !== 'refused' && !isWithoutEffect(one));

/** A migration changes its source when it hands over, and not before. */
const isAway = ({ kind, revision }: OperationRecord): boolean => kind === 'migrate' && revision === 0;
const isWithoutEffect = (one: OperationRecord): boolean => isAway(one) && one.state !== 'done';

/** Null before the first instantiate. */
export function toDeployedStatus(life: GroupLife): DeployedStatus | null {
  const change = findChange(life.operations);
  if (change === undefined) return null;
  if (change.kind === 'terminate') return toTerminateStatus(life, change);
  if (isAway(change)) return 'Updated';
  return toInstantiateStatus(life, change);
}

function toTerminateStatus({ record }: GroupLife, change: OperationRecord): DeployedStatus {
  if (change.state === 'done') return 'Terminated';
  const isHeldUp = record.state === 'TerminateStopped';
  return change.state === 'failed' || change.state === 'superseded' || isHeldUp ? 'TerminateFailed' : 'Terminating';
}

function toInstantiateStatus({ record, wanted, isFrozen }: GroupLife, change: OperationRecord): DeployedStatus {
  if (change.state === 'done') return 'Instantiated';
  const isComplete = isFrozen && wanted.length > 0 && wanted.every(isApplied);
  if (change.state === 'failed') return 'InstantiateFailed';
  if (isComplete) return 'Instantiated';
  const isHeldUp = record.state === 'InstantiateStopped' || change.state === 'superseded';
  return isHeldUp ? 'InstantiateFailed' : 'Instantiating';
}
