/** Problems and warnings of one call, each once, not more than a person reads. */
import { Failure, type Problem } from '#domain/failure.ts';
import type { ClusterKey } from '#domain/group.ts';

const most = 50;
/** One cluster more than this is named too. */
const mostNamed = 3;

export interface Findings {
  /** `message` reads `<expected>, found <found>`; `clusters`: where, when it depends on the cluster. */
  report(object: string, message: string, clusters?: readonly ClusterKey[]): void;
  warn(sentence: string): void;
  warnings(): readonly string[];
  /** @throws Failure `customise-failed` with all problems. */
  throwIfAny(): void;
}

export function makeFindings(): Findings {
  const problems = new Map<string, Problem & { readonly clusters: ClusterKey[] }>();
  const warnings = new Set<string>();
  return {
    report(object, message, clusters = []) {
      const known = problems.get(`${object}\n${message}`);
      if (known !== undefined) {
        known.clusters.push(...clusters);
        return;
      }
      const at = message.lastIndexOf(', found ');
      const expected = at < 0 ? message : message.slice(0, at);
      const found = at < 0 ? 'otherwise' : message.slice(at + ', found '.length);
      problems.set(`${object}\n${message}`, { object, expected, found, clusters: [...clusters] });
    },
    warn(sentence) {
      warnings.add(sentence);
    },
    warnings: () => shorten([...warnings]),
    throwIfAny() {
      const all = [...problems.values()].map(({ clusters, ...problem }) => withClusters(problem, clusters));
      const rest = { object: 'customizations', expected: 'no more problems', found: `${all.length - most} more` };
      if (all.length > 0)
        throw new Failure('customise-failed', all.length > most ? [...all.slice(0, most), rest] : all);
    },
  };
}

function withClusters(problem: Problem, clusters: readonly ClusterKey[]): Problem {
  if (clusters.length === 0) return problem;
  const more = clusters.length - mostNamed;
  const named = more > 1 ? [...clusters.slice(0, mostNamed), `${more} more clusters`] : clusters;
  return { ...problem, found: `${problem.found} on ${named.join(', ')}` };
}

const shorten = (all: readonly string[]): readonly string[] =>
  all.length <= most ? all : [...all.slice(0, most), `and ${all.length - most} more warnings`];
