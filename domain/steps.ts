/**
 * The steps of a group's workflow that have effects: one activity each, named as the Temporal UI shows it.
 * Inputs and outputs have a size that does not depend on the number of clusters.
 */
import type { ControllerCall } from './controllers.ts';
import type { ControllerInput } from './exchange.ts';
import type { GroupKey } from './group.ts';
import type { OperationKind, OperationRequest, OperationState } from './operation.ts';
import type { LookUps, PlanSummary } from './plan.ts';
import type { BlobAddress } from './ports/blobs.ts';
import type { Progress } from './status.ts';

/** What every effect of an operation carries; `operation` is the fence. */
export interface OperationContext {
  readonly group: GroupKey;
  readonly operationId: string;
  readonly operation: number;
  readonly kind: OperationKind;
  readonly revision: number;
}

/** `firstTick` is above every tick that an earlier life of the workflow used: milliseconds since 1970. */
export type Acceptance =
  | {
      readonly accepted: true;
      readonly context: OperationContext;
      readonly toRevision: number | null;
      readonly migrateTo: OperationRequest['migrateTo'];
      readonly firstTick: number;
      /** What the store says of the group now that the operation is its newest. */
      readonly paused: boolean;
      readonly stopped: boolean;
    }
  | { readonly accepted: false; readonly state: OperationState; readonly message: string };

export interface PlanningStep extends OperationContext {
  readonly inputs: BlobAddress;
}

export interface FreezingStep extends PlanningStep {
  readonly placement: BlobAddress;
  readonly rendered: BlobAddress;
  readonly bundles: BlobAddress;
  readonly lookUps: LookUps | null;
  /** Ids of those with controllers of one's own, in order. */
  readonly exchanges?: readonly string[];
}

/** A value between two stages: an address in, an address out. */
export interface AskStep extends PlanningStep {
  readonly call: ControllerCall;
  /** Candidates for `place`, manifests for `customise`. */
  readonly value: BlobAddress;
}

export interface JudgeInput {
  readonly context: OperationContext;
  /** False while the group is stopped or paused: look, but free nothing. */
  readonly advance: boolean;
}

/** What the group does next. */
export interface Verdict {
  readonly progress: Progress;
  /** Address of the list of targets that may go now; null when none may. */
  readonly step: BlobAddress | null;
  readonly wave: number;
  /** Targets of the step that go through Git, and those applied directly. */
  readonly gitTargets: number;
  readonly directTargets: number;
  /** All targets stand where the operation wants them. */
  readonly done: boolean;
  /** Why the operation can't go on by itself; null while there is hope. */
  readonly failure: string | null;
  /** A sentence for people. */
  readonly summary: string;
  /** When to look again without news; null when only news can change anything. */
  readonly lookAgainMs: number | null;
}

export interface StepInput {
  readonly context: OperationContext;
  readonly tick: number;
  readonly step: BlobAddress;
  readonly wave: number;
}

/** What a workflow that starts anew must know of a group that already runs. */
export interface Recalled {
  readonly context: OperationContext | null;
  readonly paused: boolean;
  readonly stopped: boolean;
  readonly lastRevision: number;
  readonly firstTick: number;
  /** False when the group's document is gone: its workflow has nothing to do any more. */
  readonly exists: boolean;
  /** Operations that have not ended, oldest first, with the revision of each: whoever should have served them is lost. */
  readonly open: readonly { readonly request: OperationRequest; readonly recordedRevision: number }[];
}

export interface GroupSteps {
  recallGroup(input: { readonly group: GroupKey }): Promise<Recalled>;
  acceptOperation(input: { readonly group: GroupKey; readonly request: OperationRequest }): Promise<Acceptance>;
  recordRefusal(input: { readonly group: GroupKey; readonly name: string; readonly message: string }): Promise<void>;
  /**
   * Gives `controllers` only for groups with controllers of their own: at most 12 calls, in order.
   * @param input `documentsOf`: the group whose documents say what shall run; another one in a migration
   */
  readIntents(input: OperationContext & { readonly documentsOf: GroupKey }): Promise<{
    readonly inputs: BlobAddress;
    readonly apps: number;
    readonly clusters: number;
    /** How many apps have look-ups. */
    readonly lookUpApps: number;
    readonly controllers?: readonly ControllerCall[];
  }>;
  /** What the intents allow, for placement controllers. */
  findCandidates(input: PlanningStep): Promise<{ readonly candidates: BlobAddress }>;
  /** With `candidates`: what controllers left. */
  placeApps(
    input: PlanningStep & { readonly candidates?: BlobAddress },
  ): Promise<{ readonly placement: BlobAddress; readonly targets: number; readonly clusters: number }>;
  /** Only called when an app has look-ups. */
  resolveLookUps(input: PlanningStep & { readonly placement: BlobAddress }): Promise<LookUps>;
  renderCharts(
    input: PlanningStep,
  ): Promise<{ readonly rendered: BlobAddress; readonly rendersDone: number; readonly rendersReused: number }>;
  customiseManifests(
    input: PlanningStep & {
      readonly placement: BlobAddress;
      readonly rendered: BlobAddress;
      readonly lookUps: LookUps | null;
    },
  ): Promise<{ readonly bundles: BlobAddress; readonly count: number }>;
  /** Writes a controller's request and says where it is. */
  offerExchange(input: AskStep): Promise<{ readonly exchange: string; readonly input: ControllerInput }>;
  /** Takes the result that the controller put, and what it makes of the value. */
  takeResult(
    input: AskStep & { readonly exchange: string; readonly digest: BlobAddress },
  ): Promise<{ readonly value: BlobAddress }>;
  /** For action controllers: what was rendered, cluster by cluster. */
  gatherManifests(
    input: PlanningStep & { readonly placement: BlobAddress; readonly rendered: BlobAddress },
  ): Promise<{ readonly manifests: BlobAddress }>;
  /** The built-in controller's turn among them. */
  changeByIntents(
    input: PlanningStep & { readonly manifests: BlobAddress; readonly lookUps: LookUps | null },
  ): Promise<{ readonly manifests: BlobAddress }>;
  bundleManifests(
    input: PlanningStep & { readonly rendered: BlobAddress; readonly manifests: BlobAddress },
  ): Promise<{ readonly bundles: BlobAddress; readonly count: number }>;
  freezePlan(input: FreezingStep): Promise<PlanSummary>;
  /** Migrate, at the source: freezes the plan as the target's, which owns what the source runs from then on. */
  handOver(input: FreezingStep & { readonly to: GroupKey }): Promise<{ readonly revision: number }>;
  /** Migrate, at the target: the plan that was handed over. */
  takeOver(context: OperationContext): Promise<PlanSummary>;
  /** A level 1 logical cloud: freezes the plan of its own objects. */
  planCloud(context: OperationContext): Promise<PlanSummary>;
  /** Rollback: freezes the plan of an earlier revision again. */
  takeRevisionAgain(input: OperationContext & { readonly toRevision: number }): Promise<PlanSummary>;
  /** Terminate: nothing of the group shall remain. */
  planRemoval(context: OperationContext): Promise<{ readonly targets: number }>;
  judgeProgress(input: JudgeInput): Promise<Verdict>;
  commitManifests(input: StepInput): Promise<{ readonly changeSets: number }>;
  applyManifests(input: StepInput): Promise<{ readonly applied: number; readonly failed: number }>;
  endOperation(
    input: OperationContext & { readonly state: OperationState; readonly message: string },
  ): Promise<{ readonly groupGone: boolean }>;
  setPaused(input: OperationContext & { readonly paused: boolean }): Promise<void>;
}

export interface ChangeReference {
  readonly digest: BlobAddress;
  readonly group: GroupKey;
  readonly gid: string;
  readonly workflowId: string;
  readonly operation: number;
  readonly tick: number;
  /** Key of the sync object whose credentials may push it. */
  readonly credentials: string;
}

export interface WriterRepository {
  /** As the sync object spells it, without credentials. */
  readonly url: string;
  readonly branch: string;
  /** Key of the sync object that holds the credentials. */
  readonly credentials: string;
}

export interface GitSteps {
  /** One push for all changes; records the outcomes, moves the targets and tells the groups. */
  pushChanges(input: WriterRepository & { readonly changes: readonly ChangeReference[] }): Promise<{
    readonly committed: number;
    readonly superseded: number;
    readonly failed: number;
    readonly head: string;
    readonly foreignCommits: number;
  }>;
  /** Waits inside until the branch moves by somebody else's hand, then marks drifted targets and tells their groups. */
  watchBranch(input: WriterRepository): Promise<{ readonly head: string; readonly drifted: number }>;
}

export interface WatchSteps {
  /** Runs until cancelled: watches all clusters of the shard. */
  watchClusters(input: { readonly shard: number; readonly shards: number }): Promise<void>;
}
