/** Decides about Helm's hooks of one target: how far they are, and which goes next. Pure. */
import {
  type BundleHook,
  type HookProgress,
  type HookRun,
  type HookState,
  isCrdRemoval,
  isKeptHook,
  type OccasionHooks,
  toRunName,
} from './hooks.ts';
import type { SeenView, TargetView } from './judge.ts';
import type { Observation, ResourceHealth, TargetRow } from './status.ts';

/** What bears on the hooks of a target that has some. */
export interface HookView extends OccasionHooks {
  readonly progress: HookProgress;
  readonly observation: Observation | null;
  /** Whether the folder that the agent applied holds the run that is under way. */
  readonly content: TargetView['content'];
  /** Whether the object that is there stays when its folder goes. */
  readonly keeps: HookRun['keeps'];
}

/**
 * run: the occasion's hook at `at`; dispose: what is there loses what keeps it (directly managed: it is deleted); clear: folder
 * and agent object go; clear-too: the same together with a step of the app itself.
 */
export type HookStep =
  | { readonly do: 'run'; readonly at: number; readonly path: string; readonly keeps: boolean }
  | { readonly do: 'dispose' | 'clear' | 'clear-too' };

/** Nothing of the app itself moves in such a step. */
export const isHookOnly = (step: HookStep | undefined): boolean => step !== undefined && step.do !== 'clear-too';

export interface SeenHook {
  readonly hook: HookView;
  /** The hook that runs or failed, in words; empty when none does. */
  readonly note: string;
}

interface Look {
  readonly nowMs: number;
  readonly timeoutMs: number;
}

/** The view with the progress that follows from what was seen. */
export function seeHook(view: TargetView & { readonly hook: HookView }, look: Look): SeenHook {
  const { hook, reachable, row } = view;
  const { progress } = hook;
  const isNone = hook.before.length + hook.after.length === 0;
  // Where nobody reports no end can be awaited; plan and status say that these hooks do not run.
  if (progress.occasion !== null && (!reachable || isNone))
    return { hook: move(hook, look, { occasion: null }), note: '' };
  const current = toHook(hook, progress.done);
  if (current === undefined || progress.occasion === null) return { hook, note: '' };
  switch (progress.state) {
    case 'handed':
    case 'sent':
    case 'running':
      return seeRun(view, current, look);
    case 'failed':
    case 'failing':
      return { hook, note: row.message };
    case 'disposing':
    case 'clearing':
      return { hook, note: row.phase === 'Failed' ? row.message : '' };
    case 'idle':
    case 'done':
    case 'left':
      return { hook, note: '' };
  }
}

const toHook = ({ before, after }: OccasionHooks, at: number): BundleHook | undefined =>
  before[at] ?? after[at - before.length];

const isAfter = ({ before }: OccasionHooks, at: number): boolean => at >= before.length;

const toTitle = (hook: HookView, current: BundleHook): string =>
  isCrdRemoval(current) ? 'deletion of its CRDs' : toHookTitle(hook, current);

const toHookTitle = (hook: HookView, { kind, name }: BundleHook): string =>
  `${isAfter(hook, hook.progress.done) ? 'post' : 'pre'}-${hook.progress.occasion ?? ''} hook ${kind} ${name}`;

function seeRun(view: TargetView & { readonly hook: HookView }, current: BundleHook, look: Look): SeenHook {
  const { hook, row, delivery } = view;
  const { progress, observation } = hook;
  const title = toTitle(hook, current);
  const found = findRun(row, hook);
  if (
    found?.status === 'Current' &&
    (delivery === 'kubernetes' || (hook.content === 'ours' && observation?.current === true))
  )
    return { hook: move(hook, look, { done: progress.done + 1, state: 'done' }), note: '' };
  if (found?.status === 'Failed') return fail(hook, current, { look, note: `${title}: ${found.message}` });
  const state = found !== undefined && progress.state !== 'running' ? 'running' : progress.state;
  const moved = state === progress.state ? hook : move(hook, look, { state });
  const finding = found?.message ?? (observation?.message || 'waits to be applied');
  if (isTimedOut(row, moved.progress, look)) {
    const limit = `expected to be done within ${look.timeoutMs / 1000} s`;
    return fail(moved, current, { look, note: `${title}: ${limit}, found: ${finding}` });
  }
  return { hook: moved, note: `${title}: ${finding}` };
}

/** The object of this very run; one of an earlier run says nothing. */
function findRun({ operation }: TargetRow, { progress, observation }: HookView): ResourceHealth | undefined {
  const run = toRunName(operation, progress.done);
  const all = observation?.resources ?? [];
  const own = all.filter((one) => one.run === run && one.status !== 'NotFound');
  const [first] = own;
  if (first === undefined) return undefined;
  if (own.length < all.length)
    return { ...first, status: 'InProgress', message: `${own.length} of ${all.length} are made` };
  return own.find(({ status }) => status === 'Failed') ?? own.find(({ status }) => status !== 'Current') ?? first;
}

/** A cluster that is away is not late, and what was not committed yet does not run. */
const isTimedOut = ({ connectivity }: TargetRow, { state, since }: HookProgress, { nowMs, timeoutMs }: Look): boolean =>
  state !== 'handed' && connectivity !== 'Retrying' && nowMs - Date.parse(since) >= timeoutMs;

function fail(hook: HookView, current: BundleHook, { look, note }: { look: Look; note: string }): SeenHook {
  const state = current.deletePolicies.includes('hook-failed') ? 'failing' : 'failed';
  return { hook: move(hook, look, { state }), note };
}

const move = (hook: HookView, { nowMs }: Look, change: Partial<HookProgress>): HookView => ({
  ...hook,
  progress: { ...hook.progress, ...change, since: new Date(nowMs).toISOString() },
});

const busyStates: ReadonlySet<HookState> = new Set(['handed', 'sent', 'running', 'clearing', 'disposing']);

/** A step of a hook is under way. */
export const isHookBusy = (hook: HookView | null): boolean => hook !== null && busyStates.has(hook.progress.state);

export const isHookFailed = (hook: HookView | null): boolean =>
  hook !== null && (hook.progress.state === 'failed' || hook.progress.state === 'failing');

/** Hooks have still to run, or something of them is there that has to go. */
export const hasOpenHooks = ({ progress, before, after }: HookView): boolean =>
  progress.content !== null || (progress.occasion !== null && progress.done < before.length + after.length);

export const endHooks = (hook: HookView, nowMs: number): HookView =>
  move(hook, { nowMs, timeoutMs: 0 }, { occasion: null, done: 0, state: 'idle' });

/** Where the app itself stands, as far as hooks ask. */
export interface MainStand {
  /** The hooks before it may run: its CRDs are there, nothing else of it has gone. */
  readonly isComing: boolean;
  /** It stands whole and healthy, or all of it is gone. */
  readonly isThere: boolean;
  /** Handed over and not answered for long. */
  readonly isOverdue: boolean;
}

/** `wait`: nothing of this target may go now. Null: no hook is in the way of the app itself. */
export function toHookStep(view: SeenView, main: MainStand): HookStep | 'wait' | null {
  const { hook, delivery } = view;
  if (hook === null) return null;
  const { progress } = hook;
  switch (progress.state) {
    case 'left':
    case 'failing':
      return { do: delivery === 'kubernetes' || (hook.keeps && view.reachable) ? 'dispose' : 'clear' };
    case 'disposing':
      if (!view.reachable || (hook.content === 'ours' && hook.observation?.current === true)) return { do: 'clear' };
      return main.isOverdue ? { do: 'dispose' } : 'wait';
    case 'clearing':
      return main.isOverdue ? { do: 'clear' } : 'wait';
    case 'handed':
      return main.isOverdue ? toRun(hook) : 'wait';
    case 'sent':
    case 'running':
    case 'failed':
      return 'wait';
    case 'idle':
    case 'done':
      return toNext(view, hook, main);
  }
}

function toNext({ row }: SeenView, hook: HookView, main: MainStand): HookStep | 'wait' | null {
  const { progress, before } = hook;
  const next = progress.occasion === null ? undefined : toHook(hook, progress.done);
  if (next !== undefined && progress.done < before.length) return main.isComing ? toRun(hook) : null;
  if (!main.isThere) return null;
  if (next !== undefined) return toRun(hook);
  // What leaves takes the hooks' folder along with the rest.
  return progress.content === null || row.bundle === null ? null : { do: 'clear' };
}

function toRun(hook: HookView): HookStep | 'wait' {
  const { done } = hook.progress;
  const next = toHook(hook, done);
  return next === undefined ? 'wait' : { do: 'run', at: done, path: next.path, keeps: isKeptHook(next) };
}

/** Milliseconds until a hook is out of time or its step is taken again; null when none is under way. */
export function toHookDeadlineMs({ hook, row }: SeenView, look: Look & { readonly patienceMs: number }): number | null {
  if (hook === null || row.connectivity === 'Retrying' || !isHookBusy(hook)) return null;
  const { state, since } = hook.progress;
  const wholeMs = state === 'sent' || state === 'running' ? look.timeoutMs : look.patienceMs;
  return Math.max(0, wholeMs - (look.nowMs - Date.parse(since)));
}
