import { describe, expect, it } from 'vitest';
import type { Judgement, TargetView } from '#domain/judge.ts';
import type { TargetPhase } from '#domain/status.ts';
import { direct, observation, resource, silent, target } from '#test/support/target-view.ts';
import { free, look, moved } from './look.ts';

describe('what was seen moves a Git target', () => {
  const seen = (phase: TargetPhase, rest: Partial<TargetView>): readonly string[] =>
    moved(look([target({ phase, content: 'ours', ...rest })]));

  it('to Ready when the agent applied our content and every object is Current', () => {
    expect(seen('Committed', { observation: observation() })).toEqual(['web edge+c1 Ready']);
  });

  it('to Deployed with the object that is not Current yet', () => {
    const slow = observation({ resources: [resource('Current'), resource('InProgress', 'api')], message: '' });
    expect(seen('Committed', { observation: slow })).toEqual([
      'web edge+c1 Deployed Deployment api: api is InProgress',
    ]);
  });

  it('to Failed with the object that failed, also where another one is merely slow', () => {
    const broken = observation({ resources: [resource('InProgress', 'api'), resource('Failed', 'db')] });
    expect(seen('Ready', { observation: broken })).toEqual(['web edge+c1 Failed Deployment db: db is Failed']);
  });

  it('to Deployed, not Ready, while fewer objects were looked at than the bundle has', () => {
    const half = { observation: observation(), expectedObjects: 2 };
    expect(seen('Committed', half)).toEqual(['web edge+c1 Deployed waiting for the first look at all objects']);
  });

  it('to Ready with the word of an agent that is in trouble although everything stands', () => {
    const broken = observation({ message: 'Cluster sync broken: no source' });
    expect(seen('Ready', { observation: broken })).toEqual(['web edge+c1 Ready Cluster sync broken: no source']);
  });

  it('back to Committed with the agent’s own message when other content is applied', () => {
    const other = { observation: observation({ message: 'applied by hand' }), content: 'other' as const };
    expect(seen('Ready', other)).toEqual(['web edge+c1 Committed applied by hand']);
  });

  it('back to Committed while the live agent object is not what was written, however healthy the objects are', () => {
    expect(seen('Ready', { observation: observation({ current: false }) })).toEqual(['web edge+c1 Committed']);
  });

  it('back to Committed when its agent object is gone', () => {
    expect(seen('Ready', { observation: observation({ present: false }) })).toEqual(['web edge+c1 Committed']);
  });

  it('from an unhealthy end to Ready when the objects heal', () => {
    expect(seen('Failed', { observation: observation() })).toEqual(['web edge+c1 Ready']);
  });

  it('nowhere while its own change set is still on its way', () => {
    for (const phase of ['Pending', 'CrdsCommitted', 'Handed'] as const) {
      expect(seen(phase, { observation: observation() })).toEqual([]);
    }
  });

  it('nowhere when its delivery itself failed, and keeps the message', () => {
    const refused = target({ phase: 'Failed', row: { commit: '', message: 'refused' }, observation: observation() });
    const judgement = look([{ ...refused, content: 'ours' }]);
    expect(moved(judgement)).toEqual([]);
    expect(free(judgement)).toEqual([]);
    expect(judgement.done).toBe(false);
  });

  it('nowhere on a cluster where nobody reports, which is done when committed', () => {
    const judgement = look([silent({ phase: 'Committed', observation: observation(), content: 'ours' })]);
    expect(moved(judgement)).toEqual([]);
    expect(judgement).toMatchObject({ done: true, lookAgainMs: null });
  });

  it('only when something changed: the same phase with the same message is no move', () => {
    expect(seen('Ready', { observation: observation() })).toEqual([]);
  });
});

describe('what was seen moves a direct target', () => {
  const seen = (view: TargetView, seconds = 1): Judgement => look([view], { seconds });

  it('to Ready when the inventory names our bundle and every object is Current', () => {
    expect(moved(seen(direct({ phase: 'Deployed', observation: observation() })))).toEqual(['web edge+c1 Ready']);
  });

  it('nowhere while the inventory still names an earlier bundle', () => {
    const old = observation({ appliedRevision: 'a'.repeat(64) });
    expect(moved(seen(direct({ phase: 'Deployed', observation: old })))).toEqual([]);
  });

  it('back to Pending, and frees it at once, when an object of a Ready app was deleted', () => {
    const gone = observation({ resources: [resource('NotFound')] });
    const judgement = seen(direct({ phase: 'Ready', observation: gone }));
    expect(moved(judgement)).toEqual(['web edge+c1 Pending Drift: Deployment web is gone from the cluster']);
    expect(free(judgement)).toEqual(['web edge+c1 Deployed']);
  });

  it('back to Pending when the whole inventory of a Ready app was deleted', () => {
    const judgement = seen(direct({ phase: 'Ready', observation: observation({ present: false }) }));
    expect(moved(judgement)).toEqual(['web edge+c1 Pending Drift: the inventory is gone from the cluster']);
  });

  it('back to Pending when the inventory of a Ready app names other content, but not when it cannot be read', () => {
    const other = observation({ appliedRevision: '' });
    expect(moved(seen(direct({ phase: 'Ready', observation: other })))).toEqual([
      'web edge+c1 Pending Drift: the inventory on the cluster names other content',
    ]);
    const unreadable = observation({ appliedRevision: '', current: false });
    expect(moved(seen(direct({ phase: 'Ready', observation: unreadable })))).toEqual(['web edge+c1 Deployed']);
  });

  it('back to Pending when somebody took a field of it, and not before it stood for a minute', () => {
    const changed = observation({ resources: [{ ...resource('Current'), changedBy: 'kubectl-edit' }] });
    const view = direct({ phase: 'Ready', observation: changed });
    expect(moved(seen(view, 59))).toEqual([]);
    expect(seen(view, 59)).toMatchObject({ done: true, lookAgainMs: 1000 });
    expect(moved(seen(view, 60))).toEqual(['web edge+c1 Pending Drift: Deployment web was changed by kubectl-edit']);
    expect(free(seen(view, 60))).toEqual(['web edge+c1 Deployed']);
  });

  it('not to Pending for an object that is missing right after the apply, but for one still missing after five minutes', () => {
    const view = direct({ phase: 'Deployed', observation: observation({ resources: [resource('NotFound')] }) });
    expect(moved(seen(view, 10))).toEqual(['web edge+c1 Deployed Deployment web: web is NotFound']);
    expect(free(seen(view, 300))).toEqual(['web edge+c1 Deployed']);
  });
});

describe('what may go', () => {
  it('is everything of the lowest wave at once, and nothing of the next', () => {
    const views = [target({ app: 'db' }), target({ app: 'db', on: 'c2' }), target({ row: { wave: 1 } })];
    const judgement = look(views);
    expect(free(judgement)).toEqual(['db edge+c1 Committed', 'db edge+c2 Committed']);
    expect(judgement.wave).toBe(0);
  });

  it('is nothing while the group is paused or stopped, though phases still move', () => {
    const views = [target(), target({ app: 'db', phase: 'Committed', observation: observation(), content: 'ours' })];
    const judgement = look(views, { advance: false });
    expect(judgement.free).toEqual([]);
    expect(moved(judgement)).toEqual(['db edge+c1 Ready']);
  });

  it('names the lowest wave under way while nothing can go', () => {
    const views = [target({ phase: 'Ready', observation: observation(), content: 'ours' })];
    const waiting = target({ app: 'api', phase: 'Committed', row: { wave: 2 } });
    expect(look([...views, waiting]).wave).toBe(2);
  });

  it('is handed over again when no answer came for a minute, and not earlier', () => {
    const handed = [target({ phase: 'Handed' })];
    expect(look(handed, { seconds: 59 })).toMatchObject({ free: [], lookAgainMs: 60_000 });
    expect(free(look(handed, { seconds: 60 }))).toEqual(['web edge+c1 Committed']);
  });

  it('is applied again after ten seconds, and only after five minutes on a cluster that does not answer', () => {
    const away = direct({ on: 'c2', phase: 'Handed', row: { connectivity: 'Retrying' } });
    const handed = [direct({ phase: 'Handed' }), away];
    expect(look(handed, { seconds: 9 })).toMatchObject({ free: [], lookAgainMs: 10_000 });
    expect(free(look(handed, { seconds: 10 }))).toEqual(['web edge+c1 Deployed']);
    expect(free(look(handed, { seconds: 300 }))).toEqual(['web edge+c1 Deployed', 'web edge+c2 Deployed']);
  });
});

describe('when to look again', () => {
  it('is never for a finished group where nobody reports, and every five minutes where somebody does', () => {
    expect(look([silent({ phase: 'Committed' })]).lookAgainMs).toBeNull();
    const ready = target({ phase: 'Ready', content: 'ours', observation: observation() });
    expect(look([ready])).toMatchObject({ done: true, lookAgainMs: 300_000 });
  });

  it('is never for a group without targets', () => {
    expect(look([])).toEqual({ moves: [], free: [], wave: 0, done: true, failure: null, lookAgainMs: null });
  });
});
