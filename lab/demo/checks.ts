import { isDeepStrictEqual } from 'node:util';

import { DemoFailure } from './demo-failure.ts';

/** What was verified so far; each check throws when it does not hold. */
export interface Checks {
  readonly passed: () => readonly string[];
  /** @throws DemoFailure unless both are deeply equal */
  readonly same: (object: string, found: unknown, expected: unknown) => void;
  /** @throws DemoFailure naming what was found, unless it is nothing */
  readonly none: (object: string, found: readonly string[]) => void;
  /** @throws DemoFailure naming what is missing and what is too much, unless both hold the same texts */
  readonly sameSet: (object: string, found: readonly string[], expected: readonly string[]) => void;
}

export function makeChecks(say: (line: string) => void): Checks {
  const passed: string[] = [];
  const pass = (object: string, value: string): void => {
    passed.push(object);
    say(`   ok  ${object}${value === '' ? '' : `: ${value}`}`);
  };
  return {
    passed: () => passed,
    same: (object, found, expected) => {
      if (!isDeepStrictEqual(found, expected)) throw new DemoFailure(object, toText(expected), toText(found));
      pass(object, typeof expected === 'object' ? 'equal' : toText(expected).trimEnd());
    },
    none: (object, found) => {
      if (found.length > 0) throw new DemoFailure(object, 'none', found.join(', '));
      pass(object, 'none');
    },
    sameSet: (object, found, expected) => {
      const missing = expected.filter((one) => !found.includes(one));
      const extra = found.filter((one) => !expected.includes(one));
      if (missing.length + extra.length > 0) {
        const difference = [...missing.map((one) => `no ${one}`), ...extra.map((one) => `also ${one}`)].join(', ');
        throw new DemoFailure(object, `exactly ${expected.length} named ones`, difference);
      }
      pass(object, `exactly the ${expected.length} expected`);
    },
  };
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
