/** Names and shapes of everything that crosses the border of a workflow. Plain values: API, workers and tests import it. */
import type { GroupKey } from '#domain/group.ts';
import type { GroupState } from '#domain/lifecycle.ts';
import type { OperationRequest } from '#domain/operation.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

export const taskQueues = { emco: 'emco', render: 'render', git: 'git', apply: 'apply', watch: 'watch' } as const;

export const workflowTypes = {
  group: 'deploymentIntentGroup',
  gitWriter: 'gitWriter',
  clusterWatch: 'clusterWatch',
} as const;

/** Signals besides the operation kinds, which are Updates and Signals under their own names. */
export const signals = {
  /** To a group: a change set has an outcome. */
  committed: 'committed',
  /** To a group: something was observed. */
  observed: 'observed',
  /** To a group: its document is gone. */
  deleted: 'deleted',
  /** To a Git writer: a change set is ready. */
  change: 'change',
  /** To a cluster watch: the clusters or their groups changed. */
  poke: 'poke',
} as const;

export const queries = { status: 'status', plan: 'plan', revisions: 'revisions' } as const;

export interface GroupWorkflowInput {
  readonly group: GroupKey;
  /** Absent at the first start; carried through continue-as-new. */
  readonly carried?: CarriedGroup;
}

export interface CarriedGroup {
  readonly state: GroupState;
  readonly queue: readonly OperationRequest[];
  /** Last 100 operation ids that were queued. */
  readonly seenOperations: readonly { readonly operationId: string; readonly revision: number }[];
  readonly lastRevision: number;
  readonly observed: number;
}

export interface CommittedSignal {
  readonly digest: BlobAddress;
  readonly outcome: 'committed' | 'superseded' | 'failed';
  readonly commit: string;
  readonly message: string;
}

export interface ObservedSignal {
  readonly sequence: number;
}

export interface ChangeSignal {
  readonly digest: BlobAddress;
  readonly group: GroupKey;
  readonly gid: string;
  readonly workflowId: string;
  readonly operation: number;
  readonly tick: number;
}

export interface GitWriterInput {
  /** Normalised, without credentials or query. */
  readonly url: string;
  readonly branch: string;
  /** Document key of the sync object that holds the credentials. */
  readonly credentials: string;
  readonly carried?: CarriedWriter;
}

export interface CarriedWriter {
  readonly inbox: readonly ChangeSignal[];
  /** Highest (operation, tick) served, by gid. */
  readonly served: Readonly<Record<string, { readonly operation: number; readonly tick: number }>>;
}
