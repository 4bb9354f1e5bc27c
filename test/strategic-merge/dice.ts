import { infiniteStream, nat, noBias, sample } from 'fast-check';

/** Random choices, all from one stream of numbers. */
export interface Dice {
  /** An integer from 0 to `below` - 1. */
  readonly roll: (below: number) => number;
  /** True once in `times`. */
  readonly once: (times: number) => boolean;
  readonly pick: <T>(from: readonly T[]) => T;
  /** Between `least` and `most` different elements, in random order. */
  readonly some: <T>(from: readonly T[], least: number, most?: number) => readonly T[];
}

/** `count` values of fast-check's making; the same seed makes the same values. */
export function makeMany<T>(seed: number, count: number, make: (dice: Dice, at: number) => T): readonly T[] {
  const streams = sample(noBias(infiniteStream(nat({ max: 2 ** 31 - 1 }))), { seed, numRuns: count });
  return streams.map((stream, at) => make(toDice(stream), at));
}

function toDice(stream: Iterator<number>): Dice {
  const roll = (below: number): number => Math.floor((Number(stream.next().value) / 2 ** 31) * below);
  return {
    roll,
    once: (times) => roll(times) === 0,
    pick: (from) => {
      const picked = from[roll(from.length)];
      if (picked === undefined) throw new Error('something to pick from, found nothing');
      return picked;
    },
    some: (from, least, most = from.length) => {
      const left = [...from];
      const count = Math.min(left.length, least + roll(most - least + 1));
      return Array.from({ length: count }, () => left.splice(roll(left.length), 1)).flat();
    },
  };
}
