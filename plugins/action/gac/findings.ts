/** Problems and warnings of one call, each once, not more than a person reads. */
import { Failure, type Problem } from '#domain/failure.ts';

const most = 50;

export interface Findings {
  /** `message` reads `<expected>, found <found>`. */
  report(object: string, message: string): void;
  warn(sentence: string): void;
  warnings(): readonly string[];
  /** @throws Failure `customise-failed` with all problems. */
  throwIfAny(): void;
}

export function makeFindings(): Findings {
  const problems = new Map<string, Problem>();
  const warnings = new Set<string>();
  return {
    report(object, message) {
      const at = message.lastIndexOf(', found ');
      const expected = at < 0 ? message : message.slice(0, at);
      const found = at < 0 ? 'otherwise' : message.slice(at + ', found '.length);
      problems.set(`${object}\n${message}`, { object, expected, found });
    },
    warn(sentence) {
      warnings.add(sentence);
    },
    warnings: () => shorten([...warnings]),
    throwIfAny() {
      const all = [...problems.values()];
      const rest = { object: 'customizations', expected: 'no more problems', found: `${all.length - most} more` };
      if (all.length > 0)
        throw new Failure('customise-failed', all.length > most ? [...all.slice(0, most), rest] : all);
    },
  };
}

const shorten = (all: readonly string[]): readonly string[] =>
  all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more warnings`];
