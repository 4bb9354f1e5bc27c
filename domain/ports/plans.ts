/** Frozen plans, bundles and the targets that follow from them. */
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { HookChange } from '#domain/hooks.ts';
import type { RemovalOptions } from '#domain/operation.ts';
import type { BundleRecord, Plan, PlanSummary } from '#domain/plan.ts';
import type { Observation, Progress, ResourceStatus, TargetPhase, TargetRow } from '#domain/status.ts';
import type { BlobAddress } from './blobs.ts';

export interface FreezeRequest {
  readonly group: GroupKey;
  readonly operationId: string;
  readonly operation: number;
  readonly revision: number;
  readonly instance: string;
  /** Null: take nothing new into the plans table, the group goes away (terminate). */
  readonly plan: { readonly digest: BlobAddress; readonly summary: PlanSummary; readonly content: Plan } | null;
  readonly rolledBackTo: number | null;
  /** Of a terminate; absent: CRDs stay and hooks run. */
  readonly removal?: RemovalOptions;
}

/** A migration: `group` gives what it runs to `to`, whose plan it is. */
export interface HandOverRequest extends Pick<FreezeRequest, 'group' | 'operationId' | 'operation' | 'instance'> {
  readonly to: GroupKey;
  readonly plan: NonNullable<FreezeRequest['plan']>;
}

/** What the target group goes on with: an operation of the same id, and the revision that it makes. */
export interface HandedOver {
  readonly operation: number;
  readonly revision: number;
}

export interface TargetChange {
  readonly app: string;
  readonly cluster: ClusterKey;
  /** Null: stays. */
  readonly phase: TargetPhase | null;
  readonly commit?: string;
  readonly message?: string;
  /** With it the row is written only where its hook still stands at `from`. */
  readonly hook?: HookChange;
}

/** Targets that are alike. */
export interface TargetClass {
  readonly phase: TargetPhase;
  /** False: shall be gone. */
  readonly isWanted: boolean;
  /** Objects of the bundle, CRDs among them, hooks not. */
  readonly objectCount: number;
  readonly hasCrds: boolean;
  /** Identity keys of the objects without CRDs; empty where health was not asked for. */
  readonly identities: readonly string[];
  /** What was seen last, by identity key, CRDs among them; empty when nothing is there, or was not asked for. */
  readonly health: ReadonlyMap<string, ResourceStatus>;
  readonly targets: number;
}

export interface SummaryRequest {
  /** Absent or empty: all. */
  readonly apps?: readonly string[];
  readonly clusters?: readonly ClusterKey[];
  readonly health: boolean;
}

export interface ChangeSetOutcome {
  readonly state: 'handed' | 'committed' | 'superseded' | 'failed';
  readonly commit: string;
  readonly tree: string;
  readonly message: string;
}

export interface Plans {
  putBundles(records: readonly BundleRecord[]): Promise<void>;
  findBundles(addresses: readonly BlobAddress[]): Promise<ReadonlyMap<BlobAddress, BundleRecord>>;
  /** How many of these, each given once, are stored. */
  countBundles(addresses: readonly BlobAddress[]): Promise<number>;

  /**
   * One transaction: writes the revision row, sets the desired side of every target of the group (new, changed, removed;
   * unchanged ones that stand keep phase and commit), and claims the objects of all bundles.
   * Refuses when the group's fence is above `operation`, or when an object of a bundle is owned on the same cluster by
   * another live group. Idempotent per operation id.
   * @throws Failure `operation-superseded`, `object-owned` (problems name object, cluster and owner; at most 20).
   */
  freeze(request: FreezeRequest): Promise<void>;
  /**
   * One transaction: gid, targets, claims, pause and revisions of the source become the target's, whose numbers of operations
   * and revisions go on above both groups'; the plan is frozen as the target's, in an operation of kind `migrate` with the same
   * id that waits to begin; the source's operation ends, and its state is Updated. Revisions of the target's earlier lives
   * expire, since they belong to another gid. Idempotent per operation id.
   * @throws Failure `operation-superseded`, `transition-illegal` (the target is not Approved, is busy or left something
   * on a cluster), `document-not-found`, `object-owned`.
   */
  handOver(request: HandOverRequest): Promise<HandedOver>;

  targets(group: GroupKey): Promise<readonly TargetRow[]>;
  /**
   * Writes phases of many targets in one statement, fenced: rows whose operation is above `operation` stay.
   * `phaseSince` is set when the phase changes.
   */
  moveTargets(group: GroupKey, operation: number, changes: readonly TargetChange[]): Promise<void>;
  /** Drops rows in phase Removed. */
  dropRemoved(group: GroupKey): Promise<void>;
  progress(group: GroupKey): Promise<Progress>;
  /** All targets of a group in as few classes as there are differences between them. */
  summarise(group: GroupKey, request: SummaryRequest): Promise<readonly TargetClass[]>;
  /** Targets with something to say, in the order of app and cluster. */
  notedTargets(
    group: GroupKey,
    limit: number,
  ): Promise<readonly Pick<TargetRow, 'app' | 'cluster' | 'phase' | 'message'>[]>;

  saveChangeSet(digest: BlobAddress, group: GroupKey, operation: number): Promise<void>;
  findChangeSet(digest: BlobAddress): Promise<ChangeSetOutcome | null>;
  /** First outcome wins, except that `handed` is replaced. */
  endChangeSet(digest: BlobAddress, outcome: ChangeSetOutcome): Promise<void>;

  /** Upserts by (cluster, gid, app). */
  observe(observations: readonly Observation[]): Promise<void>;
  observations(gid: string): Promise<readonly Observation[]>;
  /** Groups that have targets on the cluster, with gid; what a watcher reports for. */
  groupsOn(cluster: ClusterKey): Promise<readonly { readonly group: GroupKey; readonly gid: string }[]>;
  setConnectivity(cluster: ClusterKey, connectivity: TargetRow['connectivity'], message: string): Promise<void>;
}

/** A row of the audit: who did what to which object, with digests before and after. */
export interface AuditRow {
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly before: string;
  readonly after: string;
  readonly detail: string;
}

export interface Audit {
  append(row: AuditRow): Promise<void>;
  /** Newest first. */
  list(objectPrefix: string, limit: number): Promise<readonly AuditRow[]>;
}
