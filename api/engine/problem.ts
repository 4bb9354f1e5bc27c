/** One place that turns whatever was thrown into an HTTP answer. */
import { Failure, type FailureCode, failureClasses, type Problem, toSentence } from '#domain/failure.ts';

/** Refusals that only HTTP knows. */
export type HttpOnlyCode = 'route-not-found' | 'method-not-allowed' | 'encoding-unsupported' | 'not-implemented';

export interface HttpProblemOptions {
  readonly status: number;
  readonly code: FailureCode | HttpOnlyCode;
  /** EMCO's text, the whole answer of a client that does not accept JSON. */
  readonly text: string;
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

export class HttpProblem extends Error {
  readonly status: number;
  readonly code: FailureCode | HttpOnlyCode;
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: HttpProblemOptions) {
    super(options.text);
    this.name = 'HttpProblem';
    this.status = options.status;
    this.code = options.code;
    this.text = options.text;
    this.problems = options.problems ?? [];
    this.headers = options.headers ?? {};
  }
}

/** EMCO's texts that do not depend on the kind. */
export const emcoTexts = {
  parentMissing: 'Cannot perform requested operation. Parent resource not found',
  hasChildren: 'Cannot delete parent without deleting child references first',
  isReferenced: 'Cannot delete without deleting or updating referencing resources first',
  missing: 'The requested resource not found',
  internal: 'The server encountered an internal error and was unable to complete your request.',
  routeMissing: '404 page not found',
  fileFormat: 'Error in file format',
  noFile: 'Unable to process file',
  notMultipart: "request Content-Type isn't multipart/form-data",
  mismatch: 'Mismatched name in PUT request',
} as const;

const textOf: Partial<Record<FailureCode, string>> = {
  'parent-not-found': emcoTexts.parentMissing,
  'has-children': emcoTexts.hasChildren,
  'is-referenced': emcoTexts.isReferenced,
  internal: emcoTexts.internal,
};

/** How a kind answers a failure in EMCO's words. */
export type FailureTexts = Partial<Record<FailureCode, { readonly text: string; readonly status?: number }>>;

/** @param texts EMCO's texts of the kind at hand, which win over the common ones */
export function toHttpProblem(
  error: unknown,
  texts: FailureTexts = {},
): { readonly problem: HttpProblem; readonly unexpected: boolean } {
  if (error instanceof HttpProblem) return { problem: error, unexpected: false };
  if (error instanceof Failure) return { problem: fromFailure(error, texts), unexpected: error.code === 'internal' };
  if (error instanceof URIError) {
    return {
      problem: new HttpProblem({ status: 400, code: 'document-invalid', text: error.message }),
      unexpected: false,
    };
  }
  const problem = new HttpProblem({ status: 500, code: 'internal', text: emcoTexts.internal });
  return { problem, unexpected: true };
}

function fromFailure(failure: Failure, texts: FailureTexts): HttpProblem {
  const { status, retryable } = failureClasses[failure.code];
  const own = texts[failure.code];
  return new HttpProblem({
    status: own?.status ?? status,
    code: failure.code,
    text: own?.text ?? textOf[failure.code] ?? failure.message,
    problems: failure.problems,
    headers: retryable && status === 503 ? { 'Retry-After': '5' } : {},
  });
}

/** The members of RFC 9457 plus our `code` and `errors`. */
export function toProblemDocument(problem: HttpProblem, instance: string) {
  const sentences = problem.problems.map(toSentence);
  return {
    type: `urn:emco:problem:${problem.code}`,
    title: problem.text.split('\n')[0] ?? problem.text,
    status: problem.status,
    detail: sentences.length === 0 ? problem.text : `${problem.text.split('\n')[0]}: ${sentences.join('; ')}`,
    instance,
    code: problem.code,
    errors: problem.problems.map((each, index) => ({ ...each, detail: sentences[index] })),
  };
}
