/** Decides what of a group may go now and how far the rest has come. Pure: all that was seen comes in. */
import type { ClusterKey } from './group.ts';
import type { PlanApp } from './plan.ts';
import { driftPrefix, type Observation, type TargetPhase, type TargetRow } from './status.ts';
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
  /** The same for the content that the agent tried last, where it was not applied and a tenant's rights are in question. */
  readonly attempted?: 'ours' | 'other' | 'unknown';
  /** With whose rights the agent applies: `logical cloud shop`; absent where with its own. */
  readonly tenant?: string;
  /** What has to stand on the cluster before anything may be delivered, in a sentence; absent when nothing. */
  readonly waitsFor?: string;
  /** Why it shall be delivered again although it stands, in a sentence; absent when not. */
  readonly renewal?: string;
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
  /** Why the operation can't go on: targets failed and nothing else is under way; null while there is hope. */
  readonly failure: string | null;
  readonly lookAgainMs: number | null;
}

/** What was handed over and never answered is handed over again after this; a removal that failed is tried again. */
const handOverAgainMs = 60_000;
const slowLookMs = 300_000;
/** A direct apply has answered when its target is looked at, so one that is still handed over has failed for a while. */
const tryAgainMs = 10_000;

/** Whoever is waited for says so when it stands; this is for the word that was lost. */
const waitForOthersMs = 60_000;

/** Why a target is repaired stays to be read until it stands again. */
export const toKeptMessage = ({ message }: TargetRow): string => (message.startsWith(driftPrefix) ? message : '');

export function judge(request: JudgeRequest): Judgement {
  const seen = request.views.map((view) => toSeen(view, request.nowMs));
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
    failure: candidates.length === 0 ? toFailure(seen, gate) : null,
    lookAgainMs: toLookAgain(seen, { gate, done, request }),
  };
}

/** A view whose row already has the phase that follows from what was seen. */
export interface SeenView extends TargetView {
  readonly phase: TargetPhase;
  readonly note: string;
}

function toSeen(view: TargetView, nowMs: number): SeenView {
  const { phase, note } = toPhase(view, nowMs);
  return { ...view, phase, note };
}

type Phase = { readonly phase: TargetPhase; readonly note: string };

function toPhase(view: TargetView, nowMs: number): Phase {
  const { row } = view;
  const same = { phase: row.phase, note: row.message };
  if (row.bundle === null) return same;
  if (row.phase === 'Pending' && view.waitsFor !== undefined) return { phase: 'Pending', note: view.waitsFor };
  if (row.phase === 'Ready' && view.renewal !== undefined) return { phase: 'Pending', note: view.renewal };
  const isThere = row.phase === 'Committed' || row.phase === 'Deployed' || row.phase === 'Ready' || isUnhealthy(row);
  if (!isThere || !view.reachable) return same;
  return toObservedPhase(view, nowMs);
}

/** Failed after it was delivered: a later observation may heal it. A delivery that failed is not. */
const isUnhealthy = (row: TargetRow): boolean => row.phase === 'Failed' && row.commit !== '';

function toObservedPhase(view: TargetView, nowMs: number): Phase {
  const { row, observation, delivery } = view;
  const waiting = { phase: 'Committed' as const, note: observation?.message ?? '' };
  if (observation === null || !observation.present) return delivery === 'git' ? waiting : toMissing(row, observation);
  const stands = delivery === 'git' ? view.content === 'ours' : observation.appliedRevision === row.bundle;
  if (!stands && isForbidden(view, observation)) return { phase: 'Failed', note: toForbiddenNote(view, observation) };
  if (!stands || !observation.current) return delivery === 'git' ? waiting : toStale(view);
  return toHealthPhase(view, observation, nowMs);
}

/** The agent tried exactly our content and the cluster said that the tenant may not: trying again changes nothing. */
const isForbidden = ({ delivery, tenant, attempted }: TargetView, { message }: Observation): boolean =>
  delivery === 'git' && tenant !== undefined && attempted === 'ours' && /forbidden/i.test(message);

const toForbiddenNote = ({ row, tenant = '' }: TargetView, { message }: Observation): string =>
  `expected to be allowed by the user permissions of ${tenant} on cluster ${row.cluster}, found ${message}`;

function toMissing(row: TargetRow, observation: Observation | null): Phase {
  if (row.phase === 'Ready' && observation !== null) {
    return { phase: 'Pending', note: `${driftPrefix}the inventory is gone from the cluster` };
  }
  return { phase: row.phase === 'Failed' ? 'Failed' : 'Deployed', note: row.message };
}

/** Right after an apply the last look is of before; an app that stood was changed since. */
function toStale({ row, observation }: TargetView): Phase {
  if (row.phase === 'Ready' && observation?.current === true) {
    return { phase: 'Pending', note: `${driftPrefix}the inventory on the cluster names other content` };
  }
  return { phase: 'Deployed', note: row.message };
}

function toHealthPhase(view: TargetView, observation: Observation, nowMs: number): Phase {
  const { resources } = observation;
  const edited = resources.find((r) => r.changedBy !== undefined);
  if (edited?.changedBy !== undefined && isRepairDue(view.row, nowMs)) {
    return { phase: 'Pending', note: `${driftPrefix}${edited.kind} ${edited.name} was changed by ${edited.changedBy}` };
  }
  const failed = resources.find((r) => r.status === 'Failed');
  if (failed !== undefined) return { phase: 'Failed', note: `${failed.kind} ${failed.name}: ${failed.message}` };
  const missing = resources.find((r) => r.status === 'NotFound');
  if (missing !== undefined && view.delivery === 'kubernetes' && wasThere(view.row, nowMs)) {
    return { phase: 'Pending', note: `${driftPrefix}${missing.kind} ${missing.name} is gone from the cluster` };
  }
  const slow = resources.find((r) => r.status !== 'Current');
  if (slow !== undefined) return { phase: 'Deployed', note: `${slow.kind} ${slow.name}: ${slow.message}` };
  if (resources.length < view.expectedObjects)
    return { phase: 'Deployed', note: 'waiting for the first look at all objects' };
  // The agent may be in trouble although everything stands: the next revision would not come through.
  return { phase: 'Ready', note: observation.message };
}

/** Time to stand before an edited field is taken back, so that a quarrel with a controller stays a slow one. */
const repairAfterMs = 60_000;

const isRepairDue = ({ phaseSince }: TargetRow, nowMs: number): boolean =>
  nowMs - Date.parse(phaseSince) >= repairAfterMs;

/** An object that is missing right after it was applied is not seen yet; later somebody deleted it. */
const wasThere = ({ phase, phaseSince }: TargetRow, nowMs: number): boolean =>
  phase === 'Ready' || (phase === 'Deployed' && nowMs - Date.parse(phaseSince) >= slowLookMs);

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
  const overdue = nowMs - Date.parse(view.row.phaseSince) >= toPatienceMs(view);
  if (view.row.bundle !== null && view.waitsFor !== undefined) return [];
  const phase = view.row.bundle === null ? toRemovalPhase(view, overdue) : toDeliveryPhase(view, overdue);
  if (phase === null || !gate.open) return [];
  const { app, cluster, wave } = view.row;
  // Removal goes backwards: the highest wave first, and after everything that stays.
  const order = view.row.bundle === null ? 1_000_000 - wave : wave;
  return [{ wave: order, target: { app, cluster, delivery: view.delivery, phase } }];
}

/** A cluster that does not answer is asked less often; when it is back, the watch says so and it is tried at once. */
function toPatienceMs({ row, delivery, phase }: SeenView): number {
  if (row.connectivity === 'Retrying') return slowLookMs;
  return delivery === 'kubernetes' && phase === 'Handed' ? tryAgainMs : handOverAgainMs;
}

function toDeliveryPhase(view: SeenView, overdue: boolean): TargetPhase | null {
  const lost = view.phase === 'Handed' && overdue;
  if (view.delivery === 'kubernetes') return view.phase === 'Pending' || lost ? 'Deployed' : null;
  if (view.phase === 'Pending' || lost) return view.bringsCrds && view.reachable ? 'CrdsCommitted' : 'Committed';
  return view.phase === 'CrdsCommitted' && areCrdsThere(view) ? 'Committed' : null;
}

const areCrdsThere = ({ crdsObservation, crdsContent }: SeenView): boolean =>
  crdsContent === 'ours' && crdsObservation !== null && crdsObservation.current;

function toRemovalPhase(view: SeenView, overdue: boolean): TargetPhase | null {
  if (view.phase === 'Removed' || (isUnanswered(view) && !overdue)) return null;
  if (view.delivery === 'kubernetes') return 'Removed';
  if (view.phase === 'Removing') return isAgentObjectGone(view) ? 'Removed' : null;
  return 'Removing';
}

/** Handed over without an answer yet, or a removal that failed: both go again a while later. */
const isUnanswered = ({ phase, row }: SeenView): boolean =>
  phase === 'Handed' || (phase === 'Failed' && row.bundle === null);

const isAgentObjectGone = ({ reachable, observation, row }: SeenView): boolean =>
  !reachable ||
  (observation !== null && !observation.present && Date.parse(observation.observedAt) >= Date.parse(row.phaseSince));

function toWave(candidates: readonly Candidate[]): number | null {
  return candidates.reduce<number | null>((lowest, c) => (lowest === null ? c.wave : Math.min(lowest, c.wave)), null);
}

/** Everything stands, has failed, or waits for something that has failed. */
function toFailure(seen: readonly SeenView[], gate: (view: SeenView) => GateOutcome): string | null {
  const failed = seen.filter((view) => view.phase === 'Failed').sort((x, y) => (toPlace(x) < toPlace(y) ? -1 : 1));
  const isWaiting = (view: SeenView): boolean =>
    view.phase === 'Pending' && view.waitsFor === undefined && gate(view).opensInMs === null;
  const isStill = (view: SeenView): boolean =>
    isSettled(view) || isWaiting(view) || (view.phase === 'Failed' && view.row.bundle !== null);
  const [first] = failed;
  if (first === undefined || !seen.every(isStill)) return null;
  return `${failed.length} of ${seen.length} targets failed; ${first.row.app} on ${first.row.cluster}: ${first.note}`;
}

const toPlace = ({ row }: SeenView): string => `${row.app} ${row.cluster}`;

function toLowestWave(seen: readonly SeenView[]): number {
  const waves = seen.filter((view) => !isSettled(view)).map((view) => view.row.wave);
  return waves.length === 0 ? 0 : waves.reduce((lowest, wave) => Math.min(lowest, wave));
}

function toLookAgain(
  seen: readonly SeenView[],
  { gate, done, request }: { gate: (view: SeenView) => GateOutcome; done: boolean; request: JudgeRequest },
): number | null {
  const reports = seen.some((view) => view.reachable);
  const repair = seen.filter(isEdited).map(({ row }) => repairAfterMs - (request.nowMs - Date.parse(row.phaseSince)));
  if (done) return reports ? repair.reduce(soonerOf, slowLookMs) : null;
  const waits = seen.filter((view) => view.phase === 'Pending').map((view) => gate(view).opensInMs);
  const others = seen.some((view) => view.waitsFor !== undefined) ? [waitForOthersMs] : [];
  const soonest = [...waits.filter((ms) => ms !== null), ...repair, ...others].reduce(soonerOf, slowLookMs);
  const patience = seen.filter(isUnanswered).map(toPatienceMs);
  if (patience.length > 0) return patience.reduce(soonerOf, soonest);
  return request.advance || reports ? soonest : null;
}

const soonerOf = (a: number, b: number): number => Math.max(0, Math.min(a, b));

/** Stands with a field that somebody else took; the repair waits for its time. */
const isEdited = ({ phase, delivery, observation }: SeenView): boolean =>
  (phase === 'Deployed' || phase === 'Ready' || phase === 'Failed') &&
  delivery === 'kubernetes' &&
  observation?.resources.some((r) => r.changedBy !== undefined) === true;
