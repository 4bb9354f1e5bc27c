/** Decides what of a group may go now and how far the rest has come. Pure: all that was seen comes in. */
import type { ClusterKey } from './group.ts';
import type { PlanApp } from './plan.ts';
import type { Observation, TargetPhase, TargetRow } from './status.ts';
import { type GateOutcome, isSettled, toGate } from './judge-gates.ts';

/** One target with everything that bears on it. */
export interface TargetView {
  readonly row: TargetRow;
  readonly delivery: 'git' | 'kubernetes';
  /** Somebody reports what the cluster runs. */
  readonly reachable: boolean;
  readonly observation: Observation | null;
  readonly crdsObservation: Observation | null;
  /** Whether the content that the agent applied is the plan's, by tree; `unknown` when nothing was applied. */
  readonly content: 'ours' | 'other' | 'unknown';
  /** The same for the folder of the app's CRDs. */
  readonly crdsContent: 'ours' | 'other' | 'unknown';
  /** The bundle brings CRDs that are not there yet. */
  readonly bringsCrds: boolean;
  readonly expectedObjects: number;
}

export interface JudgeRequest {
  readonly views: readonly TargetView[];
  readonly apps: readonly PlanApp[];
  readonly advance: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A target that may go, and the phase that it gets when its change is there. */
export interface StepTarget {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly delivery: 'git' | 'kubernetes';
  readonly phase: TargetPhase;
}

export interface PhaseMove {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly phase: TargetPhase;
  readonly message: string;
}

export interface Judgement {
  readonly moves: readonly PhaseMove[];
  readonly free: readonly StepTarget[];
  readonly wave: number;
  readonly done: boolean;
  readonly lookAgainMs: number | null;
}

/** A change set that was handed over and never answered is handed over again after this. */
const handOverAgainMs = 60_000;
const slowLookMs = 300_000;

export function judge(request: JudgeRequest): Judgement {
  const seen = request.views.map(toSeen);
  const moves = seen.filter(isMoved).map(toMove);
  const gate = toGate(seen, request.apps, request.nowMs);
  const candidates = seen.flatMap((view) => toCandidate(view, gate(view), request.nowMs));
  const wave = toWave(candidates);
  const free = request.advance ? candidates.filter((c) => c.wave === wave).map((c) => c.target) : [];
  const done = seen.every(isSettled);
  return {
    moves,
    free,
    wave: wave ?? toLowestWave(seen),
    done,
    lookAgainMs: toLookAgain(seen, { gate, done, request }),
  };
}

/** A view whose row already has the phase that follows from what was seen. */
export interface SeenView extends TargetView {
  readonly phase: TargetPhase;
  readonly note: string;
}

function toSeen(view: TargetView): SeenView {
  const { phase, note } = toPhase(view);
  return { ...view, phase, note };
}

type Phase = { readonly phase: TargetPhase; readonly note: string };

function toPhase(view: TargetView): Phase {
  const { row } = view;
  const same = { phase: row.phase, note: row.message };
  if (row.bundle === null) return same;
  const isThere = row.phase === 'Committed' || row.phase === 'Deployed' || row.phase === 'Ready' || isUnhealthy(row);
  if (!isThere || !view.reachable) return same;
  return toObservedPhase(view);
}

/** Failed after it was delivered: a later observation may heal it. A delivery that failed is not. */
const isUnhealthy = (row: TargetRow): boolean => row.phase === 'Failed' && row.commit !== '';

function toObservedPhase(view: TargetView): Phase {
  const { row, observation, delivery } = view;
  const waiting = { phase: 'Committed' as const, note: observation?.message ?? '' };
  if (observation === null || !observation.present) return delivery === 'git' ? waiting : toMissing(row);
  const stands = delivery === 'git' ? view.content === 'ours' : observation.appliedRevision === row.bundle;
  if (!stands || !observation.current) return delivery === 'git' ? waiting : toStale(view);
  return toHealthPhase(view, observation);
}

const toMissing = (row: TargetRow): Phase => ({
  phase: row.phase === 'Failed' ? 'Failed' : 'Deployed',
  note: row.message,
});

const toStale = ({ row }: TargetView): Phase => ({ phase: 'Deployed', note: row.message });

function toHealthPhase(view: TargetView, observation: Observation): Phase {
  const { resources } = observation;
  const failed = resources.find((r) => r.status === 'Failed');
  if (failed !== undefined) return { phase: 'Failed', note: `${failed.kind} ${failed.name}: ${failed.message}` };
  const missing = resources.find((r) => r.status === 'NotFound');
  if (missing !== undefined && view.delivery === 'kubernetes' && view.row.phase === 'Ready') {
    return { phase: 'Pending', note: `Drift: ${missing.kind} ${missing.name} is gone from the cluster` };
  }
  const slow = resources.find((r) => r.status !== 'Current');
  if (slow !== undefined) return { phase: 'Deployed', note: `${slow.kind} ${slow.name}: ${slow.message}` };
  if (resources.length < view.expectedObjects)
    return { phase: 'Deployed', note: 'waiting for the first look at all objects' };
  return { phase: 'Ready', note: '' };
}

const isMoved = (view: SeenView): boolean => view.phase !== view.row.phase || view.note !== view.row.message;

const toMove = ({ row, phase, note }: SeenView): PhaseMove => ({
  app: row.app,
  cluster: row.cluster,
  phase,
  message: note,
});

interface Candidate {
  readonly wave: number;
  readonly target: StepTarget;
}

function toCandidate(view: SeenView, gate: GateOutcome, nowMs: number): readonly Candidate[] {
  const lost = view.phase === 'Handed' && nowMs - Date.parse(view.row.phaseSince) >= handOverAgainMs;
  const phase = view.row.bundle === null ? toRemovalPhase(view, lost) : toDeliveryPhase(view, lost);
  if (phase === null || !gate.open) return [];
  const { app, cluster, wave } = view.row;
  // Removal goes backwards: the highest wave first, and after everything that stays.
  const order = view.row.bundle === null ? 1_000_000 - wave : wave;
  return [{ wave: order, target: { app, cluster, delivery: view.delivery, phase } }];
}

function toDeliveryPhase(view: SeenView, lost: boolean): TargetPhase | null {
  if (view.delivery === 'kubernetes') return view.phase === 'Pending' || lost ? 'Deployed' : null;
  if (view.phase === 'Pending' || lost) return view.bringsCrds && view.reachable ? 'CrdsCommitted' : 'Committed';
  return view.phase === 'CrdsCommitted' && areCrdsThere(view) ? 'Committed' : null;
}

const areCrdsThere = ({ crdsObservation, crdsContent }: SeenView): boolean =>
  crdsContent === 'ours' && crdsObservation !== null && crdsObservation.current;

function toRemovalPhase(view: SeenView, lost: boolean): TargetPhase | null {
  if (view.phase === 'Removed') return null;
  if (view.delivery === 'kubernetes') return view.phase === 'Handed' && !lost ? null : 'Removed';
  if (view.phase === 'Removing') return isAgentObjectGone(view) ? 'Removed' : null;
  return view.phase === 'Handed' && !lost ? null : 'Removing';
}

const isAgentObjectGone = ({ reachable, observation, row }: SeenView): boolean =>
  !reachable ||
  (observation !== null && !observation.present && Date.parse(observation.observedAt) >= Date.parse(row.phaseSince));

function toWave(candidates: readonly Candidate[]): number | null {
  return candidates.reduce<number | null>((lowest, c) => (lowest === null ? c.wave : Math.min(lowest, c.wave)), null);
}

function toLowestWave(seen: readonly SeenView[]): number {
  return seen.filter((view) => !isSettled(view)).reduce((lowest, view) => Math.min(lowest, view.row.wave), 0);
}

function toLookAgain(
  seen: readonly SeenView[],
  { gate, done, request }: { gate: (view: SeenView) => GateOutcome; done: boolean; request: JudgeRequest },
): number | null {
  const reports = seen.some((view) => view.reachable);
  if (done) return reports ? slowLookMs : null;
  const waits = seen.filter((view) => view.phase === 'Pending').map((view) => gate(view).opensInMs);
  const soonest = waits.filter((ms) => ms !== null).reduce((a, b) => Math.min(a, b), slowLookMs);
  if (seen.some((view) => view.phase === 'Handed')) return Math.min(soonest, handOverAgainMs);
  return request.advance || reports ? soonest : null;
}
