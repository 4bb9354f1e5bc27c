/** Every way in which emco fails, who has to act, and whether trying again can help. The set is closed. */

/** One finding about one object: what was expected of it and what was found. */
export interface Problem {
  /** The object in the user's words, such as `cluster edge+c1` or `app web`. */
  readonly object: string;
  /** What was expected, such as `label region`. */
  readonly expected: string;
  /** What was found instead, such as `none`. */
  readonly found: string;
}

interface FailureClass {
  /** The HTTP status that the API answers with. */
  readonly status: number;
  /** Whether the same call can succeed later without anybody's action. */
  readonly retryable: boolean;
  readonly actor: 'user' | 'operator' | 'us';
}

const user = (status: number): FailureClass => ({ status, retryable: false, actor: 'user' });
const operator = (retryable: boolean): FailureClass => ({ status: 503, retryable, actor: 'operator' });

export const failureClasses = {
  'document-invalid': user(400),
  'document-undecodable': user(422),
  'document-too-large': user(413),
  'document-not-found': user(404),
  'parent-not-found': user(409),
  'already-exists': user(409),
  /** If-Match names another digest than the document's. */
  'document-changed': user(412),
  'has-children': user(409),
  'is-referenced': user(409),
  'reference-not-found': user(400),
  'not-acceptable': user(406),
  'transition-illegal': user(409),
  'revision-not-found': user(404),
  'revision-expired': user(409),
  'cluster-not-in-cloud': user(400),
  'placement-impossible': user(422),
  'render-failed': user(422),
  'customise-failed': user(422),
  'secret-refused': user(422),
  'object-owned': user(409),
  'object-refused': user(422),
  'git-refused': user(422),
  'operation-superseded': { status: 409, retryable: false, actor: 'us' },
  unauthenticated: user(401),
  'look-up-failed': operator(true),
  'git-unreachable': operator(true),
  'cluster-unreachable': operator(true),
  'store-unavailable': operator(true),
  'temporal-unavailable': operator(true),
  'tool-missing': operator(false),
  'timed-out': operator(true),
  internal: { status: 500, retryable: true, actor: 'us' },
} as const satisfies Record<string, FailureClass>;

export type FailureCode = keyof typeof failureClasses;

/** What adapters throw: a code of the closed set and all problems found, never headers, bodies or tokens. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly problems: readonly Problem[];

  constructor(code: FailureCode, problems: readonly Problem[], detail?: string) {
    super(detail ?? problems.map(toSentence).join('; '));
    this.name = 'Failure';
    this.code = code;
    this.problems = problems;
  }
}

/** Gives `cluster edge01: expected label region, found none`. */
export function toSentence(problem: Problem): string {
  return `${problem.object}: expected ${problem.expected}, found ${problem.found}`;
}

/** The outcome of a pure stage: its value, or all problems at once. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: FailureCode; readonly problems: readonly Problem[] };

export const success = <T>(value: T): Result<T> => ({ ok: true, value });

export const refused = (code: FailureCode, problems: readonly Problem[]): Result<never> => ({
  ok: false,
  code,
  problems,
});

/** Turns a refused result into a thrown failure, at the edge between pure code and adapters. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Failure(result.code, result.problems);
}
