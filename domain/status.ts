/** What is known about each target, and what follows for the group. */
import type { ClusterKey, GroupKey } from './group.ts';
import type { HookProgress } from './hooks.ts';
import type { ObjectIdentity } from './manifest.ts';
import type { BlobAddress } from './ports/blobs.ts';

/** kstatus of one object (sigs.k8s.io/cli-utils). */
export type ResourceStatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound' | 'Unknown';

export interface ResourceHealth extends ObjectIdentity {
  readonly status: ResourceStatus;
  readonly message: string;
  /** Who took a field that we had written; only where we apply by ourselves, and absent while all of them are ours. */
  readonly changedBy?: string;
  /** The run that made it; only of hooks. */
  readonly run?: string;
}

/**
 * Where one (app, cluster) stands, in order of progress:
 * Pending (planned, not handed over), Handed (to the Git writer or deployer), Committed (pushed), Deployed (the agent
 * applied our content), Ready (all objects are Current); Removing (the agent's object goes) and Removed on the way out;
 * Failed with a message. CrdsCommitted comes before the rest where an app brings new CRDs to a cluster that reports.
 */
export type TargetPhase =
  | 'Pending'
  | 'CrdsCommitted'
  | 'Handed'
  | 'Committed'
  | 'Deployed'
  | 'Ready'
  | 'Failed'
  | 'Removing'
  | 'Removed';

/** The row of one (group, app, cluster): the desired side is the plan's, the rest is what was seen. */
export interface TargetRow {
  readonly group: GroupKey;
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly gid: string;
  /** Null: shall be gone. */
  readonly bundle: BlobAddress | null;
  /** What was there before this operation; null when nothing was. */
  readonly previousBundle: BlobAddress | null;
  readonly operation: number;
  readonly revision: number;
  readonly wave: number;
  readonly phase: TargetPhase;
  /** Commit that carries the content; empty for direct clusters. */
  readonly commit: string;
  readonly message: string;
  readonly connectivity: 'Unknown' | 'Available' | 'Retrying';
  /** Since when the phase is Deployed or Ready, for the wait of dependencies; null before. */
  readonly phaseSince: string;
  /** Null: no hook has to run, and none is there. */
  readonly hook: HookProgress | null;
}

/** What an agent says about one (group, app) on one cluster, compact enough for a row. */
export interface Observation {
  readonly cluster: ClusterKey;
  readonly gid: string;
  /** `<app>/crds` for the agent object of an app's CRDs, `<app>/hooks` for that of its hooks. */
  readonly app: string;
  /** Git commit that the agent applied (40 hex), the bundle's address for direct clusters, empty when none. */
  readonly appliedRevision: string;
  /** Git commit that the agent tried last, applied or not; empty or absent when nothing is said. */
  readonly attemptedRevision?: string;
  /** False while the live agent object's spec or observedGeneration is not what we wrote. */
  readonly current: boolean;
  /** False once the agent object is gone. */
  readonly present: boolean;
  readonly message: string;
  readonly resources: readonly ResourceHealth[];
  /** RFC 3339. */
  readonly observedAt: string;
}

/** Messages of targets that somebody else changed begin so. */
export const driftPrefix = 'Drift: ';

/** Counts over all targets of an operation; what `judge` hands to the workflow. */
export interface Progress {
  readonly total: number;
  readonly pending: number;
  readonly handed: number;
  readonly committed: number;
  readonly deployed: number;
  readonly ready: number;
  readonly failed: number;
  readonly removing: number;
  readonly removed: number;
  readonly offline: number;
}
