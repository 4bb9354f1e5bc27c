import { describe, expect, it } from 'vitest';
import { direct, observation, target } from '#test/support/target-view.ts';
import { free, look, moved } from './look.ts';

const waitsFor = 'Waits for logical cloud shop on cluster edge+c1, which is Pending';
const tenant = 'logical cloud shop';
const forbidden = 'Role/shop/more dry-run failed (Forbidden): user is attempting to grant RBAC permissions';

describe('a target of a level 1 cloud', () => {
  it('is not delivered before the cloud is confirmed on its cluster, and says so', () => {
    for (const make of [target, direct]) {
      const judgement = look([make({ waitsFor })]);
      expect(free(judgement)).toEqual([]);
      expect(moved(judgement)).toEqual([`web edge+c1 Pending ${waitsFor}`]);
      expect([judgement.done, judgement.failure, judgement.lookAgainMs]).toEqual([false, null, 60_000]);
      expect(free(look([make({ tenant })]))).toHaveLength(1);
    }
  });

  it('holds up no other cluster while it waits', () => {
    expect(free(look([target({ waitsFor }), target({ on: 'c2', tenant })]))).toEqual(['web edge+c2 Committed']);
  });

  it('does not make an operation fail while it waits, although another one failed', () => {
    const failed = target({ on: 'c2', phase: 'Failed' });
    expect(look([target({ waitsFor }), failed]).failure).toBeNull();
  });

  it('leaves without waiting', () => {
    const gone = target({ waitsFor, row: { bundle: null } });
    expect(free(look([gone]))).toEqual(['web edge+c1 Removing']);
  });

  it('has failed when its agent was forbidden exactly our content, with object, cluster and cloud', () => {
    const seen = observation({ appliedRevision: '', message: forbidden });
    const judgement = look([target({ phase: 'Committed', tenant, attempted: 'ours', observation: seen })]);
    expect(moved(judgement)).toEqual([
      `web edge+c1 Failed expected to be allowed by the user permissions of logical cloud shop on cluster edge+c1, found ${forbidden}`,
    ]);
    expect(judgement.failure).toContain(forbidden);
  });

  it('has not failed by a refusal of other content, by another trouble, or by the agent’s own rights', () => {
    const seen = observation({ appliedRevision: '', message: forbidden });
    const view = { phase: 'Committed', tenant, attempted: 'ours', observation: seen } as const;
    const { tenant: _tenant, ...own } = view;
    for (const other of [
      { ...view, attempted: 'other' as const },
      { ...view, observation: observation({ appliedRevision: '', message: 'no matches for kind Widget' }) },
      own,
    ]) {
      expect(moved(look([target(other)])).join()).toMatch(/^web edge\+c1 Committed/);
    }
  });

  it('heals when the agent came through', () => {
    const stands = { phase: 'Failed', tenant, content: 'ours', observation: observation() } as const;
    expect(moved(look([target(stands)]))).toEqual(['web edge+c1 Ready']);
  });
});

describe('a cloud whose certificate is in its last third', () => {
  const renewal = 'The certificate of its user ends at 2026-04-01T00:00:00Z';
  const stands = { observation: observation({ appliedRevision: 'b'.repeat(64) }), renewal } as const;

  it('is delivered again, once it stands', () => {
    const judgement = look([direct({ phase: 'Ready', ...stands })], { seconds: 9 });
    expect([moved(judgement), free(judgement)]).toEqual([[`web edge+c1 Pending ${renewal}`], ['web edge+c1 Deployed']]);
    expect(moved(look([direct({ phase: 'Deployed', ...stands })]))).toEqual(['web edge+c1 Ready']);
  });
});
