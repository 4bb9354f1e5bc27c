/** Brings all targets to where the operation wants them, wave by wave and tick by tick. */
import { condition } from '@temporalio/workflow';
import type { OperationContext, Verdict } from '#domain/steps.ts';
import { applySteps, groupSteps } from '#workflows/activities.ts';
import type { Desk, Seen } from './desk.ts';
import { present } from './present.ts';
import { serveMinorRequests } from './serve-minor.ts';

const firstTickMs = 1000;
const longestTickMs = 60_000;

/** How many steps the present wave has had; the pause before the next grows with it. */
interface Pace {
  readonly wave: number;
  readonly steps: number;
}

/** How a roll-out ended; `unfinished` when the run's history is long and a new run shall go on. */
export interface RolledOut {
  readonly state: 'done' | 'failed' | 'unfinished';
  readonly message: string;
}

export async function rollOut(desk: Desk, context: OperationContext): Promise<RolledOut> {
  let pace: Pace = { wave: -1, steps: 0 };
  for (;;) {
    await serveMinorRequests(desk, context.group);
    const verdict = await judge(desk, context);
    const seen = desk.judged;
    if (verdict.done) return { state: 'done', message: verdict.summary };
    if (verdict.failure !== null) return { state: 'failed', message: verdict.failure };
    if (desk.isLong) return { state: 'unfinished', message: '' };
    if (verdict.step === null) {
      await waitForNews(desk, seen, { lookAgainMs: verdict.lookAgainMs, tickMs: toTickMs(pace, verdict) });
      continue;
    }
    pace = verdict.wave === pace.wave ? { wave: pace.wave, steps: pace.steps + 1 } : { wave: verdict.wave, steps: 1 };
    await takeStep(desk, context, verdict);
    if (verdict.directTargets === 0)
      await waitForNews(desk, seen, { lookAgainMs: verdict.lookAgainMs, tickMs: firstTickMs });
  }
}

/** One look at what was observed, without waiting: for an idle group. Takes a step when something drifted. */
export async function lookAround(desk: Desk, context: OperationContext): Promise<Verdict> {
  const verdict = await judge(desk, context);
  if (verdict.step !== null) await takeStep(desk, context, verdict);
  return verdict;
}

async function judge(desk: Desk, context: OperationContext): Promise<Verdict> {
  const advance = !desk.paused && !desk.stopped;
  desk.judged = { commits: desk.commits, observations: desk.observations };
  const verdict = await groupSteps.judgeProgress({ context, advance });
  desk.lookAgainMs = verdict.lookAgainMs;
  present(desk, verdict.done ? 'watching' : 'rolling out', verdict.summary);
  return verdict;
}

async function takeStep(desk: Desk, context: OperationContext, verdict: Verdict): Promise<void> {
  if (verdict.step === null) return;
  desk.tick += 1;
  const input = { context, tick: desk.tick, step: verdict.step, wave: verdict.wave };
  const summary = `wave ${verdict.wave}: ${verdict.gitTargets + verdict.directTargets} targets`;
  if (verdict.gitTargets > 0) {
    const { changeSets } = await groupSteps.commitManifests.executeWithOptions({ summary }, [input]);
    desk.handedOver += changeSets;
  }
  if (verdict.directTargets > 0) await applySteps.applyManifests.executeWithOptions({ summary }, [input]);
}

/** A commit is news at once; observations are gathered until the tick is over. */
async function waitForNews(
  desk: Desk,
  seen: Seen,
  wait: { lookAgainMs: number | null; tickMs: number },
): Promise<void> {
  const isNews = (): boolean =>
    desk.commits !== seen.commits || desk.observations !== seen.observations || desk.hasMinor;
  if (wait.lookAgainMs === null) await condition(isNews);
  else await condition(isNews, wait.lookAgainMs);
  if (desk.commits === seen.commits && desk.observations !== seen.observations) {
    await condition(() => desk.commits !== seen.commits, wait.tickMs);
  }
}

function toTickMs(pace: Pace, verdict: Verdict): number {
  if (verdict.progress.pending === 0) return firstTickMs;
  return Math.min(longestTickMs, firstTickMs * 2 ** Math.max(0, pace.steps - 1));
}
