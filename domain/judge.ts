/** Decides what of a group may go now and how far the rest has come. Pure: all that was seen comes in. */
import type { ClusterKey } from './group.ts';
import type { HookChange } from './hooks.ts';
import type { PlanApp } from './plan.ts';
import type { Observation, TargetPhase, TargetRow } from './status.ts';
import { type GateOutcome, isSettled, toGate } from './judge-gates.ts';
import { repairAfterMs, slowLookMs, toPhase } from './judge-phases.ts';
import {
  endHooks,
  hasOpenHooks,
  type HookStep,
  type HookView,
  isHookBusy,
  isHookFailed,
  seeHook,
  toHookDeadlineMs,
  toHookStep,
} from './judge-hooks.ts';

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
  /** Hooks of the bundle, for whatever occasion. */
  readonly hookCount: number;
  /** Null: no hook has to run, and none is there. */
  readonly hook: HookView | null;
}

export interface JudgeRequest {
  readonly views: readonly TargetView[];
  readonly apps: readonly PlanApp[];
  readonly advance: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** How long one hook may take. */
  readonly hookTimeoutMs: number;
}

/** A target that may go, and the phase that it gets when its change is there. */
export interface StepTarget {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly delivery: 'git' | 'kubernetes';
  readonly phase: TargetPhase;
  /** Absent: only the app itself moves. */
  readonly hook?: HookStep;
}

export interface PhaseMove {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly phase: TargetPhase;
  readonly message: string;
  readonly hook?: HookChange;
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
/** A direct apply has answered when its target is looked at, so one that is still handed over has failed for a while. */
const tryAgainMs = 10_000;

/** Whoever is waited for says so when it stands; this is for the word that was lost. */
const waitForOthersMs = 60_000;

export function judge(request: JudgeRequest): Judgement {
  const seen = request.views.map((view) => toSeen(view, request));
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
  /** The app's own phase, whatever its hooks say. */
  readonly mainPhase: TargetPhase;
}

function toSeen(view: TargetView, { nowMs, hookTimeoutMs }: JudgeRequest): SeenView {
  const main = toPhase(view, nowMs);
  const note = isWithoutHooks(view) ? withoutHooks : main.note;
  const own = { ...view, ...main, note, mainPhase: main.phase };
  if (view.hook === null) return own;
  const seen = seeHook({ ...view, hook: view.hook }, { nowMs, timeoutMs: hookTimeoutMs });
  const { hook } = seen;
  if (isHookFailed(hook) || (isHookBusy(hook) && view.row.phase === 'Failed'))
    return { ...own, hook, phase: 'Failed', note: seen.note };
  if (main.phase !== 'Ready') return { ...own, hook, note: seen.note === '' ? note : seen.note };
  if (!hasOpenHooks(hook)) return { ...own, hook: endHooks(hook, nowMs) };
  return { ...own, hook, phase: 'Deployed', note: seen.note === '' ? 'waiting for the hooks after it' : seen.note };
}

const withoutHooks = 'its Helm hooks do not run: nobody reports what the cluster runs';

const isWithoutHooks = ({ row, reachable, hookCount }: TargetView): boolean =>
  row.phase === 'Committed' && row.bundle !== null && !reachable && hookCount > 0;

const isMoved = (view: SeenView): boolean =>
  view.phase !== view.row.phase || view.note !== view.row.message || isHookMoved(view);

const isHookMoved = ({ hook, row }: SeenView): boolean => hook !== null && hook.progress !== row.hook;

const toMove = (view: SeenView): PhaseMove => {
  const { row, phase, note, hook } = view;
  const move = { app: row.app, cluster: row.cluster, phase, message: note };
  if (hook === null || row.hook === null || !isHookMoved(view)) return move;
  const { since: _, ...to } = hook.progress;
  return { ...move, hook: { from: { done: row.hook.done, state: row.hook.state }, to } };
};

interface Candidate {
  readonly wave: number;
  readonly target: StepTarget;
}

function toCandidate(view: SeenView, gate: GateOutcome, nowMs: number): readonly Candidate[] {
  const overdue = nowMs - Date.parse(view.row.phaseSince) >= toPatienceMs(view);
  if (view.row.bundle !== null && view.waitsFor !== undefined) return [];
  const isLeaving = view.row.bundle === null;
  const step = toHookStep(view, {
    isComing: isLeaving ? view.phase === 'Pending' : isComing(view),
    isThere: isLeaving ? isGone(view) : view.mainPhase === 'Ready',
    isOverdue: nowMs - Date.parse(view.hook?.progress.since ?? '') >= toHookPatienceMs(view),
  });
  if (step === 'wait' || !gate.open) return [];
  const phase = isLeaving ? toRemovalPhase(view, overdue) : toDeliveryPhase(view, overdue);
  const { app, cluster, wave } = view.row;
  const target = { app, cluster, delivery: view.delivery };
  // Removal goes backwards: the highest wave first, and after everything that stays.
  const order = isLeaving ? 1_000_000 - wave : wave;
  if (step !== null) return [{ wave: order, target: { ...target, phase: view.phase, hook: step } }];
  if (phase === null) return [];
  const isDone = view.hook?.progress.state === 'done';
  return [{ wave: order, target: { ...target, phase, ...(isDone ? { hook: { do: 'clear-too' } } : {}) } }];
}

/** What the hooks before the app wait for: its CRDs. */
function isComing(view: SeenView): boolean {
  if (view.phase === 'CrdsCommitted') return areCrdsThere(view);
  return view.phase === 'Pending' && (view.delivery === 'kubernetes' || !view.bringsCrds);
}

const isGone = (view: SeenView): boolean =>
  view.phase === 'Removing' && (view.delivery === 'kubernetes' || isAgentObjectGone(view));

function toHookPatienceMs({ row, delivery }: SeenView): number {
  if (row.connectivity === 'Retrying') return slowLookMs;
  return delivery === 'kubernetes' ? tryAgainMs : handOverAgainMs;
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
  if (view.delivery === 'kubernetes') return hasHooksAfter(view) && view.phase !== 'Removing' ? 'Removing' : 'Removed';
  if (view.phase === 'Removing') return isAgentObjectGone(view) ? 'Removed' : null;
  return 'Removing';
}

const hasHooksAfter = ({ hook }: SeenView): boolean => hook !== null && hook.after.length > 0;

/** Handed over without an answer yet, or a removal that failed: both go again a while later. */
const isUnanswered = ({ phase, row, hook }: SeenView): boolean =>
  phase === 'Handed' || (phase === 'Failed' && row.bundle === null && !isHookFailed(hook));

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
  const isOver = (view: SeenView): boolean =>
    view.phase === 'Failed' && (view.row.bundle !== null || isHookFailed(view.hook));
  const isStill = (view: SeenView): boolean =>
    isSettled(view) || (!isHookBusy(view.hook) && (isWaiting(view) || isOver(view)));
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
  const hooks = seen.map((view) =>
    toHookDeadlineMs(view, {
      nowMs: request.nowMs,
      timeoutMs: request.hookTimeoutMs,
      patienceMs: toHookPatienceMs(view),
    }),
  );
  const others = seen.some((view) => view.waitsFor !== undefined) ? [waitForOthersMs] : [];
  const soonest = [...waits, ...hooks, ...repair, ...others].filter((ms) => ms !== null).reduce(soonerOf, slowLookMs);
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
