/** Operations on a group, as they travel from a caller to the group's workflow. */

export const operationKinds = [
  'instantiate',
  'update',
  'migrate',
  'rollback',
  'terminate',
  'stop',
  'pause',
  'resume',
] as const;

export type OperationKind = (typeof operationKinds)[number];

/** The payload of the Update and of the Signal of each operation kind; everything is optional for scripts. */
export interface OperationPayload {
  /** Caller's id; the Update id or an id made by the workflow stands in when absent. */
  readonly operationId?: string;
  /** Rollback only. A number, or EMCO's string of digits. */
  readonly revision?: number | string;
  /** Migrate only. */
  readonly targetVersion?: string;
  readonly targetGroup?: string;
  /** Terminate only. */
  readonly deleteCrds?: boolean;
  readonly skipHooks?: boolean;
  /** Who asked, for the audit. */
  readonly requestedBy?: string;
  /** Set by the API, which wrote the operation's row before: the revision that the row got. Scripts leave it out. */
  readonly recordedRevision?: number;
}

/** What a terminate does besides: CRDs of the charts go too; hooks are left out. */
export interface RemovalOptions {
  readonly deleteCrds: boolean;
  readonly skipHooks: boolean;
}

/** A parsed request in the group's queue. */
export interface OperationRequest {
  readonly operationId: string;
  readonly kind: OperationKind;
  /** Rollback: the revision to take again; otherwise null. */
  readonly toRevision: number | null;
  readonly migrateTo: { readonly version: string; readonly group: string } | null;
  readonly requestedBy: string;
  /** Terminate only; absent: CRDs stay and hooks run. */
  readonly removal?: RemovalOptions;
}

/** What an Update answers when the operation is queued. */
export interface OperationAnswer {
  readonly operationId: string;
  /** The revision that the operation will make, or 0 when it makes none. */
  readonly revision: number;
}

export type OperationState = 'requested' | 'accepted' | 'done' | 'failed' | 'superseded' | 'refused';

export interface OperationRecord extends OperationRequest {
  /** Monotonic per group from 1; the fence of every effect. */
  readonly number: number;
  readonly state: OperationState;
  /** The revision it makes, 0 when none. */
  readonly revision: number;
  /** The instance (EMCO's AppContext) of that revision, empty when none. */
  readonly instance: string;
  /** Last step that ended, for people and for the reconciler. */
  readonly step: string;
  /** Why it failed or was refused; empty otherwise. */
  readonly message: string;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}
