/** Gathers which groups have something new and tells each at most once a second, less often while much happens. */
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { ActivityDeps } from './deps.ts';

const firstPauseMs = 1000;
const longestPauseMs = 5000;
const quietMs = 30_000;

interface Pace {
  readonly toldAt: number;
  readonly pauseMs: number;
}

export class GroupNews {
  private readonly deps: ActivityDeps;
  private readonly waiting = new Set<GroupKey>();
  private readonly paces = new Map<GroupKey, Pace>();

  constructor(deps: ActivityDeps) {
    this.deps = deps;
  }

  /** Something new on a cluster for those of its groups that `concerns` names by gid. */
  async about(cluster: ClusterKey, concerns: (gid: string) => boolean): Promise<void> {
    for (const { group, gid } of await this.deps.store.plans.groupsOn(cluster)) {
      if (concerns(gid)) this.waiting.add(group);
    }
  }

  /** Tells those whose pause is over. */
  async flush(): Promise<void> {
    const now = this.deps.now();
    for (const group of this.waiting) {
      const pace = this.paces.get(group);
      if (pace !== undefined && now - pace.toldAt < pace.pauseMs) continue;
      this.waiting.delete(group);
      const busy = pace !== undefined && now - pace.toldAt < quietMs;
      this.paces.set(group, { toldAt: now, pauseMs: busy ? Math.min(longestPauseMs, pace.pauseMs * 2) : firstPauseMs });
      await this.deps.messenger.observed(group, now);
    }
  }
}
