/** Names and shapes of everything that crosses the border of a workflow. Plain values: API, workers and tests import it. */
import type { GroupKey } from '#domain/group.ts';
import type { OperationAnswer, OperationRequest } from '#domain/operation.ts';
import type { PlanSummary } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ChangeReference, OperationContext, WriterRepository } from '#domain/steps.ts';

export const taskQueues = { emco: 'emco', render: 'render', git: 'git', apply: 'apply', watch: 'watch' } as const;

export const workflowTypes = {
  group: 'deploymentIntentGroup',
  cloud: 'logicalCloud',
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
  readonly queue: readonly QueuedRequest[];
  /** Answers to the last 100 operation ids that were queued. */
  readonly answers: readonly OperationAnswer[];
  /** Refusals that are not in the audit yet. */
  readonly unrecorded: readonly Refusal[];
  readonly lastRevision: number;
  readonly context: OperationContext | null;
  /** The operation was rolling out when the run ended; the next run goes on with it. */
  readonly rollingOut: boolean;
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly tick: number;
  readonly plan: PlanSummary | null;
  readonly revisions: readonly RevisionNote[];
}

/** A signal that nobody can serve. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
}

export interface QueuedRequest {
  readonly request: OperationRequest;
  readonly revision: number;
}

export interface RevisionNote {
  readonly revision: number;
  readonly plan: BlobAddress;
  readonly operationId: string;
}

/** Answer of the query `status`. */
export interface GroupWorkflowStatus {
  readonly operation: OperationContext | null;
  readonly step: string;
  readonly summary: string;
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly queued: readonly string[];
  readonly refused: readonly string[];
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

export type ChangeSignal = ChangeReference;

export interface GitWriterInput extends WriterRepository {
  readonly carried?: CarriedWriter;
}

export interface CarriedWriter {
  readonly inbox: readonly ChangeSignal[];
  /** Highest (operation, tick) served, by gid. */
  readonly served: Readonly<Record<string, { readonly operation: number; readonly tick: number }>>;
}

export interface ClusterWatchInput {
  readonly shard: number;
  readonly shards: number;
}

/** Search attributes of a group's workflow; never one per cluster. */
export const searchAttributes = {
  project: 'EmcoProject',
  compositeApp: 'EmcoCompositeApp',
  group: 'EmcoGroup',
  state: 'EmcoState',
  revision: 'EmcoRevision',
} as const;
