/** What a look at the cluster makes of a target's phase. */
import type { TargetView } from './judge.ts';
import { driftPrefix, type Observation, type TargetPhase, type TargetRow } from './status.ts';

export const slowLookMs = 300_000;

/** Why a target is repaired stays to be read until it stands again. */
export const toKeptMessage = ({ message }: TargetRow): string => (message.startsWith(driftPrefix) ? message : '');

type Phase = { readonly phase: TargetPhase; readonly note: string };

export function toPhase(view: TargetView, nowMs: number): Phase {
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
export const repairAfterMs = 60_000;

const isRepairDue = ({ phaseSince }: TargetRow, nowMs: number): boolean =>
  nowMs - Date.parse(phaseSince) >= repairAfterMs;

/** An object that is missing right after it was applied is not seen yet; later somebody deleted it. */
const wasThere = ({ phase, phaseSince }: TargetRow, nowMs: number): boolean =>
  phase === 'Ready' || (phase === 'Deployed' && nowMs - Date.parse(phaseSince) >= slowLookMs);
