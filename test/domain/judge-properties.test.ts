import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Judgement, TargetView } from '#domain/judge.ts';
import { at, leaving, observation, resource, target } from '#test/support/target-view.ts';
import { app, free, look, moved } from './look.ts';

const staying = ['Pending', 'CrdsCommitted', 'Handed', 'Committed', 'Deployed', 'Ready', 'Failed'] as const;
const going = ['Pending', 'Handed', 'Removing', 'Removed', 'Failed'] as const;

const views = fc
  .uniqueArray(
    fc.record({
      app: fc.constantFrom('a', 'b', 'c', 'd'),
      on: fc.constantFrom('c1', 'c2', 'c3'),
      state: fc.oneof(
        fc.record({ make: fc.constant(target), phase: fc.constantFrom(...staying) }),
        fc.record({ make: fc.constant(leaving), phase: fc.constantFrom(...going) }),
      ),
      delivery: fc.constantFrom('git' as const, 'kubernetes' as const),
      reachable: fc.boolean(),
      bringsCrds: fc.boolean(),
      content: fc.constantFrom('ours' as const, 'other' as const, 'unknown' as const),
      seen: fc.option(fc.record({ current: fc.boolean(), present: fc.boolean(), healthy: fc.boolean() })),
      since: fc.integer({ min: 0, max: 200 }),
    }),
    { selector: (one) => `${one.app} ${one.on}`, maxLength: 10 },
  )
  .map((all) =>
    all.map(({ app: name, on, state, seen, since, ...rest }) => {
      const row = { wave: 'abcd'.indexOf(name), phaseSince: at(since) };
      const looked =
        seen === null
          ? null
          : observation({
              ...seen,
              resources: [resource(seen.healthy ? 'Current' : 'InProgress')],
              observedAt: at(100),
            });
      const { make, phase } = state;
      return make({
        app: name,
        on,
        phase,
        row,
        observation: looked,
        crdsObservation: looked,
        crdsContent: rest.content,
        ...rest,
      });
    }),
  );

const graph = [
  app('a'),
  app('b', 1, [{ app: 'a', opStatus: 'Deployed', waitSeconds: 0 }]),
  app('c', 2, [{ app: 'b', opStatus: 'Ready', waitSeconds: 5 }]),
  app('d', 3, [{ app: 'a', opStatus: 'Ready', waitSeconds: 0 }]),
];

/** The targets with a look's moves written, as the store does it. */
function write(all: readonly TargetView[], { moves }: Judgement, seconds: number): readonly TargetView[] {
  return all.map((view) => {
    const move = moves.find((m) => m.app === view.row.app && m.cluster === view.row.cluster);
    if (move === undefined) return view;
    const { phase, message } = move;
    const phaseSince = phase === view.row.phase ? view.row.phaseSince : at(seconds);
    return { ...view, row: { ...view.row, phase, message, phaseSince } };
  });
}

const isDelivered = ({ row, reachable }: TargetView): boolean =>
  row.phase === 'Deployed' || row.phase === 'Ready' || (row.phase === 'Committed' && !reachable);

describe('for every state of a group', () => {
  const check = (property: (all: readonly TargetView[], judgement: Judgement, seconds: number) => void): void =>
    fc.assert(
      fc.property(views, fc.integer({ min: 0, max: 400 }), (all, seconds) =>
        property(all, look(all, { apps: graph, seconds }), seconds),
      ),
      { numRuns: 500 },
    );

  it('nothing goes that already stands, and nothing leaves before all that stays is delivered', () => {
    check((all, judgement, seconds) => {
      const written = write(all, judgement, seconds);
      for (const one of judgement.free) {
        const view = written.find((v) => v.row.app === one.app && v.row.cluster === one.cluster);
        expect(view?.delivery).toBe(one.delivery);
        if (view?.row.bundle !== null) expect(view?.row.phase).toMatch(/^(Pending|CrdsCommitted|Handed)$/);
        else expect(written.filter((v) => v.row.bundle !== null).every(isDelivered)).toBe(true);
      }
    });
  });

  it('what goes together is of one wave, and done means that nothing goes', () => {
    check((all, judgement) => {
      const waves = judgement.free.map((one) => all.find((v) => v.row.app === one.app)?.row.wave);
      expect(new Set(waves).size).toBeLessThanOrEqual(1);
      if (judgement.done) expect(judgement.free).toEqual([]);
    });
  });

  it('a second look at the same moment moves nothing more and lets the same targets go', () => {
    check((all, first, seconds) => {
      const again = look(write(all, first, seconds), { apps: graph, seconds });
      expect(again.moves).toEqual([]);
      expect(again.free).toEqual(first.free);
    });
  });

  it('the order in which targets are listed changes nothing', () => {
    check((all, judgement, seconds) => {
      const turned = look(all.toReversed(), { apps: graph, seconds });
      expect({ ...turned, free: free(turned).toSorted(), moves: moved(turned).toSorted() }).toEqual({
        ...judgement,
        free: free(judgement).toSorted(),
        moves: moved(judgement).toSorted(),
      });
    });
  });
});
