/** Targets as `judge` looks at them: a healthy Git target on a cluster that reports, unless a test says otherwise. */
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { TargetView } from '#domain/judge.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { Observation, ResourceHealth, ResourceStatus, TargetPhase, TargetRow } from '#domain/status.ts';

export const startMs = Date.parse('2026-01-01T00:00:00.000Z');
export const bundle = 'b'.repeat(64) as BlobAddress;

/** RFC 3339 of so many seconds after the start. */
export const at = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();

export const cluster = (name: string): ClusterKey => `edge+${name}` as ClusterKey;

interface Choice extends Partial<Omit<TargetView, 'row'>> {
  readonly app?: string;
  readonly on?: string;
  readonly phase?: TargetPhase;
  readonly row?: Partial<TargetRow>;
}

export function target({ app = 'web', on = 'c1', phase = 'Pending', row = {}, ...rest }: Choice = {}): TargetView {
  return {
    row: {
      group: '/projects/p/composite-apps/ca/v1/deployment-intent-groups/g' as GroupKey,
      app,
      cluster: cluster(on),
      gid: '1000000000000000000',
      bundle,
      previousBundle: null,
      operation: 1,
      revision: 1,
      wave: 0,
      phase,
      commit: phase === 'Pending' ? '' : 'c'.repeat(40),
      message: '',
      connectivity: 'Available',
      phaseSince: at(0),
      hook: null,
      ...row,
    },
    delivery: 'git',
    reachable: true,
    observation: null,
    crdsObservation: null,
    content: 'unknown',
    crdsContent: 'unknown',
    bringsCrds: false,
    expectedObjects: 1,
    hookCount: 0,
    hook: null,
    ...rest,
  };
}

/** A target that shall be gone. */
export const leaving = (choice: Choice = {}): TargetView =>
  target({ ...choice, row: { bundle: null, previousBundle: bundle, ...choice.row } });

/** A direct target. */
export const direct = (choice: Choice = {}): TargetView => target({ delivery: 'kubernetes', ...choice });

/** A Git target on a cluster where nobody reports. */
export const silent = (choice: Choice = {}): TargetView => target({ reachable: false, ...choice });

export const resource = (status: ResourceStatus, name = 'web'): ResourceHealth => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name,
  status,
  message: status === 'Current' ? '' : `${name} is ${status}`,
});

export function observation(change: Partial<Observation> = {}): Observation {
  return {
    cluster: cluster('c1'),
    gid: '1000000000000000000',
    app: 'web',
    appliedRevision: bundle,
    current: true,
    present: true,
    message: '',
    resources: [resource('Current')],
    observedAt: at(1),
    ...change,
  };
}
