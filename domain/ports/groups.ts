/** Groups at run time: state, operations, revisions. Documents of the same groups live in `documents.ts`. */
import type { GroupKey } from '#domain/group.ts';
import type { GroupState, StateAction } from '#domain/lifecycle.ts';
import type { OperationRecord, OperationRequest, OperationState } from '#domain/operation.ts';
import type { PlanSummary } from '#domain/plan.ts';
import type { Actor } from './documents.ts';

export interface GroupRecord {
  readonly group: GroupKey;
  readonly state: GroupState;
  /** First instance id of the group's life; empty before the first instantiate. */
  readonly gid: string;
  /** EMCO's `statusctxid`. */
  readonly statusContext: string;
  readonly actions: readonly StateAction[];
  /** Highest operation number that has begun: the fence. */
  readonly operation: number;
  /** Newest revision number ever given. */
  readonly lastRevision: number;
  readonly paused: boolean;
}

export interface RevisionRecord extends PlanSummary {
  readonly group: GroupKey;
  readonly revision: number;
  readonly instance: string;
  readonly operationId: string;
  readonly createdAt: string;
  /** The revision that this one took again, or null. */
  readonly rolledBackTo: number | null;
  /** All targets were seen Ready (or Committed where nobody reports). */
  readonly verified: boolean;
}

export interface Groups {
  /** Makes the run-time record of a new group, state Created. Idempotent. */
  create(group: GroupKey, time: string): Promise<GroupRecord>;
  find(group: GroupKey): Promise<GroupRecord | null>;
  /** Approve. @throws Failure `transition-illegal`, `document-not-found`. */
  approve(group: GroupKey, actor: Actor): Promise<GroupRecord>;
  /** Removes the record with its operations, revisions and targets. @throws Failure `transition-illegal`. */
  remove(group: GroupKey, actor: Actor): Promise<void>;
  list(state?: GroupState): Promise<readonly GroupRecord[]>;

  /**
   * Accepts a request: checks the lifecycle table under the group's row, gives it the next operation number, a revision
   * and an instance id where the kind makes one, appends the state actions and writes the row `requested`.
   * The same operation id gives the same record again and changes nothing.
   * A refused request is written as a row `refused` with its message when `recordRefusal` is set, and is thrown otherwise.
   * @throws Failure `transition-illegal`, `revision-not-found`, `revision-expired`, `document-not-found`.
   */
  request(group: GroupKey, request: OperationRequest, options: { recordRefusal: boolean }): Promise<OperationRecord>;
  /** Sets accepted and raises the group's fence to the operation's number. Idempotent. */
  begin(group: GroupKey, operationId: string): Promise<OperationRecord>;
  step(group: GroupKey, operationId: string, step: string): Promise<void>;
  /** Idempotent; an ended operation keeps its first end. */
  end(group: GroupKey, operationId: string, end: { state: OperationState; message: string }): Promise<void>;
  findOperation(group: GroupKey, operationId: string): Promise<OperationRecord | null>;
  /** Newest first. */
  listOperations(group: GroupKey, limit: number): Promise<readonly OperationRecord[]>;
  /** Operations in `requested` or `accepted` over all groups, oldest first: what the reconciler looks at. */
  listOpenOperations(): Promise<readonly (OperationRecord & { readonly group: GroupKey })[]>;

  listRevisions(group: GroupKey): Promise<readonly RevisionRecord[]>;
  findRevision(group: GroupKey, revision: number): Promise<RevisionRecord | null>;
  markVerified(group: GroupKey, revision: number): Promise<void>;
}
