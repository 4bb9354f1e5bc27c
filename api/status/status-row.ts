/** One (app, cluster) as a status shows it. */
import type { ClusterKey } from '#domain/group.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Plan } from '#domain/plan.ts';
import type { TargetPhase, TargetRow } from '#domain/status.ts';

export interface StatusRow {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly connectivity: TargetRow['connectivity'];
  /** Null for a target of an earlier revision that is no longer what shall run. */
  readonly phase: TargetPhase | null;
  /** What is there, or was; null when nothing is known. */
  readonly bundle: BlobAddress | null;
  readonly isWanted: boolean;
  /** What took the place of an earlier revision's target; null when nothing did. */
  readonly successor: Successor | null;
}

export interface Successor {
  readonly phase: TargetPhase;
  /** The earlier content is still what stands there. */
  readonly isAhead: boolean;
  /** Identity keys of what shall run now. */
  readonly identities: ReadonlySet<string>;
}

/** The rows of the present; what has been removed is shown while the group goes away only. */
export function toPresentRows(targets: readonly TargetRow[], isTerminating: boolean): readonly StatusRow[] {
  return targets
    .filter((target) => isTerminating || target.phase !== 'Removed')
    .map(({ app, cluster, connectivity, phase, bundle, previousBundle }) => ({
      app,
      cluster,
      connectivity,
      phase,
      bundle: bundle ?? previousBundle,
      isWanted: bundle !== null,
      successor: null,
    }));
}

export interface Present {
  readonly targets: readonly TargetRow[];
  readonly identitiesOf: (bundle: BlobAddress | null) => readonly string[];
}

/** The rows of an earlier revision, by what of it still runs. */
export function toEarlierRows(plan: Plan, { targets, identitiesOf }: Present): readonly StatusRow[] {
  const present = new Map(targets.map((target) => [`${target.app} ${target.cluster}`, target]));
  return plan.targets.map(({ app, cluster, bundle }) => {
    const target = present.get(`${app} ${cluster}`);
    const isSame = target?.bundle === bundle;
    return {
      app,
      cluster,
      connectivity: target?.connectivity ?? 'Unknown',
      phase: isSame ? target.phase : null,
      bundle,
      isWanted: true,
      successor: target === undefined || isSame ? null : toSuccessor(target, bundle, identitiesOf(target.bundle)),
    };
  });
}

const toSuccessor = (target: TargetRow, earlier: BlobAddress, identities: readonly string[]): Successor => ({
  phase: target.phase,
  isAhead: target.phase !== 'Removed' && !isApplied(target.phase) && target.previousBundle === earlier,
  identities: new Set(identities),
});

export const isApplied = (phase: TargetPhase): boolean =>
  phase === 'Committed' || phase === 'Deployed' || phase === 'Ready';

/** Sorted by phase. */
export function countPhases(phases: readonly (readonly [string, number])[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const [phase, count] of phases) counts.set(phase, (counts.get(phase) ?? 0) + count);
  return Object.fromEntries([...counts].sort());
}
