/** When a target may go: dependencies for what comes, order for what leaves. */
import type { AppDependency } from './inputs.ts';
import type { SeenView } from './judge.ts';
import type { PlanApp } from './plan.ts';

export interface GateOutcome {
  readonly open: boolean;
  /** Milliseconds until a wait is over; null when only news can open the gate. */
  readonly opensInMs: number | null;
}

const open: GateOutcome = { open: true, opensInMs: null };
const closed: GateOutcome = { open: false, opensInMs: null };

/** The target stands where the operation wants it: Ready, Committed where nobody reports, or Removed. */
export function isSettled({ row, phase, reachable }: SeenView): boolean {
  if (row.bundle === null) return phase === 'Removed';
  return phase === 'Ready' || (phase === 'Committed' && !reachable);
}

export function toGate(
  seen: readonly SeenView[],
  apps: readonly PlanApp[],
  nowMs: number,
): (view: SeenView) => GateOutcome {
  const byApp = Map.groupBy(seen, (view) => view.row.app);
  const dependencies = new Map(apps.map((app) => [app.app, app.dependencies]));
  // A cluster that is away holds up nobody but itself: it may stay away for weeks.
  const canLeave = seen.every((view) => view.row.bundle === null || isAway(view) || isDelivered(view));
  const leaving = seen.filter((view) => view.row.bundle === null && view.phase !== 'Removed');
  const highestOfAll = toHighestWave(leaving);
  const highestPresent = toHighestWave(leaving.filter((view) => !isAway(view)));
  return (view) => {
    const highestLeaving = isAway(view) ? highestOfAll : highestPresent;
    if (view.row.bundle === null) return canLeave && view.row.wave === highestLeaving ? open : closed;
    const gates = (dependencies.get(view.row.app) ?? []).map((d) => toDependencyGate(view, d, { byApp, nowMs }));
    return gates.find((gate) => !gate.open) ?? open;
  };
}

const isAway = ({ row }: SeenView): boolean => row.connectivity === 'Retrying';

const toHighestWave = (views: readonly SeenView[]): number =>
  views.reduce((highest, view) => Math.max(highest, view.row.wave), -1);

/** Deployed by somebody who reports, or committed where nobody does. */
const isDelivered = ({ phase, reachable }: SeenView): boolean =>
  phase === 'Deployed' || phase === 'Ready' || (phase === 'Committed' && !reachable);

/** On the target's own cluster where the dependency runs there too, else on all clusters of the dependency. */
function toDependencyGate(
  view: SeenView,
  dependency: AppDependency,
  { byApp, nowMs }: { byApp: ReadonlyMap<string, readonly SeenView[]>; nowMs: number },
): GateOutcome {
  const all = (byApp.get(dependency.app) ?? []).filter((v) => v.row.bundle !== null);
  const here = all.filter((v) => v.row.cluster === view.row.cluster);
  const needed = here.length > 0 ? here : all;
  const isMet = dependency.opStatus === 'Ready' ? isSettled : isDelivered;
  if (!needed.every(isMet)) return closed;
  const since = needed.reduce((latest, v) => Math.max(latest, toSinceMs(v, nowMs)), 0);
  const opensInMs = since + dependency.waitSeconds * 1000 - nowMs;
  return dependency.waitSeconds === 0 || opensInMs <= 0 ? open : { open: false, opensInMs };
}

/** A phase that was reached in this very look counts from now. */
const toSinceMs = (view: SeenView, nowMs: number): number =>
  view.phase === view.row.phase ? Date.parse(view.row.phaseSince) : nowMs;
