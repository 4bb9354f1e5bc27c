/** One (app, cluster) as a status shows it, and EMCO's words for where its resources stand. */
import type { ClusterKey } from '#domain/group.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Plan } from '#domain/plan.ts';
import type { ResourceStatus, TargetPhase, TargetRow } from '#domain/status.ts';

export interface StatusRow {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly connectivity: TargetRow['connectivity'];
  /** Null for a target of an earlier revision that is no longer what runs. */
  readonly phase: TargetPhase | null;
  /** What is there, or was; null when nothing is known. */
  readonly bundle: BlobAddress | null;
  readonly isWanted: boolean;
  readonly message: string;
}

/** The rows of the present; what has been removed is shown while the group goes away only. */
export function toPresentRows(targets: readonly TargetRow[], isTerminating: boolean): readonly StatusRow[] {
  return targets
    .filter((target) => isTerminating || target.phase !== 'Removed')
    .map(({ app, cluster, connectivity, phase, bundle, previousBundle, message }) => ({
      app,
      cluster,
      connectivity,
      phase,
      bundle: bundle ?? previousBundle,
      isWanted: bundle !== null,
      message,
    }));
}

/** The rows of an earlier revision, by what of it still runs. */
export function toEarlierRows(plan: Plan, targets: readonly TargetRow[]): readonly StatusRow[] {
  const present = new Map(targets.map((target) => [`${target.app} ${target.cluster}`, target]));
  return plan.targets.map(({ app, cluster, bundle }) => {
    const target = present.get(`${app} ${cluster}`);
    return {
      app,
      cluster,
      connectivity: target?.connectivity ?? 'Unknown',
      phase: target?.bundle === bundle ? target.phase : null,
      bundle,
      isWanted: true,
      message: '',
    };
  });
}

export const isApplied = (phase: TargetPhase | null): boolean =>
  phase === 'Committed' || phase === 'Deployed' || phase === 'Ready';

export type DeployedWord = 'Applied' | 'Pending' | 'Failed' | 'Deleted';

/** Committed counts as applied, as in EMCO. */
export function toDeployedWord(phase: TargetPhase | null): DeployedWord | null {
  switch (phase) {
    case null:
      return null;
    case 'Pending':
    case 'CrdsCommitted':
    case 'Handed':
      return 'Pending';
    case 'Committed':
    case 'Deployed':
    case 'Ready':
    case 'Removing':
      return 'Applied';
    case 'Failed':
      return 'Failed';
    case 'Removed':
      return 'Deleted';
  }
}

export type ReadyWord = 'Ready' | 'NotReady' | 'NotPresent';

/** Kinds that EMCO reports as NotPresent when nobody has seen them. */
const trackedKinds = new Set([
  'ConfigMap',
  'Service',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'StatefulSet',
  'CertificateSigningRequest',
]);

/** Old health never counts for content that the agent has not applied yet. */
export function toReadyWord(row: StatusRow, kind: string, seen: ResourceStatus | undefined): ReadyWord | null {
  if (row.phase === null || !row.isWanted) return null;
  if (seen === undefined) return trackedKinds.has(kind) ? 'NotPresent' : null;
  if (seen === 'NotFound') return 'NotPresent';
  const isDeployed = row.phase === 'Deployed' || row.phase === 'Ready';
  return seen === 'Current' && isDeployed ? 'Ready' : 'NotReady';
}
