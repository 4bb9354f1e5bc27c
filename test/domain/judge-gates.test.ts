import { describe, expect, it } from 'vitest';
import type { AppDependency } from '#domain/inputs.ts';
import type { TargetView } from '#domain/judge.ts';
import type { PlanApp } from '#domain/plan.ts';
import type { TargetPhase } from '#domain/status.ts';
import { at, leaving, observation, silent, target } from '#test/support/target-view.ts';
import { app, free, look } from './look.ts';

describe('CRDs', () => {
  it('go first, in a commit of their own, where the cluster reports', () => {
    expect(free(look([target({ bringsCrds: true })]))).toEqual(['web edge+c1 CrdsCommitted']);
  });

  it('go in the same commit where nobody reports', () => {
    expect(free(look([silent({ bringsCrds: true })]))).toEqual(['web edge+c1 Committed']);
  });

  it('hold the rest back until the agent applied exactly them', () => {
    const view = target({ bringsCrds: true, phase: 'CrdsCommitted' });
    const crds = observation({ app: 'web/crds' });
    expect(free(look([view]))).toEqual([]);
    expect(free(look([{ ...view, crdsObservation: crds, crdsContent: 'other' }]))).toEqual([]);
    expect(free(look([{ ...view, crdsObservation: { ...crds, current: false }, crdsContent: 'ours' }]))).toEqual([]);
    expect(free(look([{ ...view, crdsObservation: crds, crdsContent: 'ours' }]))).toEqual(['web edge+c1 Committed']);
  });
});

describe('dependencies', () => {
  const apps = (dependency: Partial<AppDependency> = {}): readonly PlanApp[] => [
    app('db'),
    app('web', 1, [{ app: 'db', opStatus: 'Ready', waitSeconds: 0, ...dependency }]),
  ];
  const web = (on: string): TargetView => target({ on, row: { wave: 1 } });
  const ready = { phase: 'Ready', observation: observation(), content: 'ours' } as const;
  const deployed = { ...ready, phase: 'Deployed', expectedObjects: 2 } as const;

  it('are met cluster by cluster where the dependency runs there too', () => {
    const views = [target({ app: 'db', ...ready }), target({ app: 'db', on: 'c2', ...deployed }), web('c1'), web('c2')];
    expect(free(look(views, { apps: apps() }))).toEqual(['web edge+c1 Committed']);
  });

  it('are met on all clusters of the dependency where it does not run on the target’s own', () => {
    const views = [target({ app: 'db', ...ready }), target({ app: 'db', on: 'c2', ...deployed }), web('c3')];
    expect(free(look(views, { apps: apps() }))).toEqual([]);
    const healed = [target({ app: 'db', ...ready }), target({ app: 'db', on: 'c2', ...ready }), web('c3')];
    expect(free(look(healed, { apps: apps() }))).toEqual(['web edge+c3 Committed']);
  });

  it('on Deployed are met by an app that is not Ready yet; those on Ready are not', () => {
    const views = [target({ app: 'db', ...deployed }), web('c1')];
    expect(free(look(views, { apps: apps({ opStatus: 'Deployed' }) }))).toEqual(['web edge+c1 Committed']);
    expect(free(look(views, { apps: apps({ opStatus: 'Ready' }) }))).toEqual([]);
  });

  it('are met by Committed where nobody reports, and by nothing less', () => {
    const on = (phase: TargetPhase): readonly TargetView[] => [
      silent({ app: 'db', phase }),
      silent({ row: { wave: 1 } }),
    ];
    expect(free(look(on('Committed'), { apps: apps() }))).toEqual(['web edge+c1 Committed']);
    expect(free(look(on('Handed'), { apps: apps() }))).toEqual([]);
  });

  it('wait so many seconds from the moment in which the dependency got there', () => {
    const db = target({ app: 'db', ...ready, row: { phaseSince: at(10) } });
    const early = look([db, web('c1')], { apps: apps({ waitSeconds: 30 }), seconds: 25 });
    expect(early).toMatchObject({ free: [], lookAgainMs: 15_000 });
    const late = look([db, web('c1')], { apps: apps({ waitSeconds: 30 }), seconds: 40 });
    expect(free(late)).toEqual(['web edge+c1 Committed']);
  });

  it('count the wait from now for a dependency that got there in this very look', () => {
    const db = target({ app: 'db', ...ready, phase: 'Committed' });
    const judgement = look([db, web('c1')], { apps: apps({ waitSeconds: 30 }), seconds: 500 });
    expect(judgement).toMatchObject({ free: [], lookAgainMs: 30_000 });
  });

  it('stay closed while a dependency failed', () => {
    const db = target({ app: 'db', phase: 'Failed', row: { commit: '' } });
    expect(free(look([db, web('c1')], { apps: apps() }))).toEqual([]);
  });

  it('do not hold back for an app that leaves', () => {
    expect(free(look([leaving({ app: 'db', phase: 'Ready' }), web('c1')], { apps: apps() }))).toEqual([
      'web edge+c1 Committed',
    ]);
  });
});

describe('removal', () => {
  it('begins after everything that stays is delivered', () => {
    const old = leaving({ app: 'old', phase: 'Pending' });
    expect(free(look([old, target()]))).toEqual(['web edge+c1 Committed']);
    expect(free(look([old, target({ phase: 'Committed' })]))).toEqual([]);
    const stays = target({ phase: 'Committed', content: 'ours', observation: observation(), expectedObjects: 2 });
    expect(free(look([old, stays]))).toEqual(['old edge+c1 Removing']);
  });

  it('goes backwards through the waves and waits for each to be gone', () => {
    const db = leaving({ app: 'db' });
    const web = leaving({ row: { wave: 1 } });
    const order = look([db, web]);
    expect(free(order)).toEqual(['web edge+c1 Removing']);
    expect(free(look([db, leaving({ phase: 'Removing', row: { wave: 1 } })]))).toEqual([]);
    expect(free(look([db, leaving({ phase: 'Removed', row: { wave: 1 } })]))).toEqual(['db edge+c1 Removing']);
  });

  it('does not wait for a cluster that is away, neither for what stays there nor for what leaves there', () => {
    const away = { on: 'c2', row: { connectivity: 'Retrying' as const } };
    const stays = target({ ...away, phase: 'Committed' });
    expect(free(look([leaving({ app: 'old' }), stays]))).toEqual(['old edge+c1 Removing']);
    const stuck = leaving({ on: 'c2', phase: 'Removing', row: { ...away.row, wave: 1 } });
    const below = leaving({ ...away, app: 'db' });
    expect(free(look([leaving({ app: 'db' }), stuck, below]))).toEqual(['db edge+c1 Removing']);
  });

  it('takes the content away when the agent says, after the removal began, that its object is gone', () => {
    const view = leaving({ phase: 'Removing', row: { phaseSince: at(10) } });
    const gone = observation({ present: false, observedAt: at(9) });
    expect(free(look([{ ...view, observation: gone }]))).toEqual([]);
    expect(free(look([{ ...view, observation: observation({ observedAt: at(11) }) }]))).toEqual([]);
    const seen = { ...view, observation: { ...gone, observedAt: at(10) } };
    expect(free(look([seen]))).toEqual(['web edge+c1 Removed']);
  });

  it('does not wait for anybody where nobody reports, but still makes two commits', () => {
    expect(free(look([leaving({ reachable: false })]))).toEqual(['web edge+c1 Removing']);
    expect(free(look([leaving({ reachable: false, phase: 'Removing' })]))).toEqual(['web edge+c1 Removed']);
  });

  it('of a direct target is one step', () => {
    expect(free(look([leaving({ delivery: 'kubernetes' })]))).toEqual(['web edge+c1 Removed']);
  });

  it('that failed is tried again after a minute, not at once', () => {
    for (const delivery of ['git', 'kubernetes'] as const) {
      const view = leaving({ delivery, phase: 'Failed' });
      expect(look([view], { seconds: 59 })).toMatchObject({ free: [], done: false, lookAgainMs: 60_000 });
      expect(look([view], { seconds: 60 }).free).toHaveLength(1);
    }
  });

  it('is done when every target is gone', () => {
    expect(look([leaving({ phase: 'Removed' }), leaving({ on: 'c2', phase: 'Removed' })])).toMatchObject({
      done: true,
      free: [],
    });
  });
});
