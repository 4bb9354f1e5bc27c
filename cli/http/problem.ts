import { CliError } from '#cli/cli-error.ts';

/** The part of RFC 9457 that the API answers with. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly string[];
}

/** Reads `application/problem+json`, and EMCO's plain text where the server speaks that. */
export function toProblem(status: number, body: unknown): Problem {
  if (typeof body === 'string') return { status, code: '', detail: body.trim(), errors: [] };
  const { code, detail, title, errors } = isRecord(body) ? body : {};
  const listed = Array.isArray(errors) ? errors.map(toSentence).filter((sentence) => sentence !== '') : [];
  return { status, code: asText(code), detail: asText(detail) || asText(title), errors: listed };
}

/** What a user can do about a refusal, by the code of the problem. */
const advice: Readonly<Record<string, string>> = {
  'already-exists': 'use `emco update -f` to replace it, or `emco apply --existing skip`',
  'parent-not-found': 'create the parent first; in a file, parents stand above their children',
  'reference-not-found': 'create what is named first, or correct the name',
  'has-children': 'delete what is below it first; `emco delete -f` goes through a file from its end',
  'is-referenced': 'delete or change what refers to it first',
  'document-not-found': 'look at what there is with `emco get ANCHOR`',
  'transition-illegal': 'see the state and what it allows with `emco status GROUP`',
  'revision-not-found': 'see the revisions with `emco revisions GROUP`',
  'revision-expired': 'see the revisions that are kept with `emco revisions GROUP`',
  'cluster-not-in-cloud': 'add a cluster-reference to the logical cloud, or correct the intent',
  'placement-impossible': 'see labels and intents with `emco get -f FILE`, then correct one of them',
  'secret-refused': 'set `secrets: plain` in the sync object of the cluster if a clear Secret in Git is acceptable',
  'object-owned': 'rename the object or move it to another namespace; one object has one owner',
  unauthenticated: 'give the token by --token-file FILE or EMCO_TOKEN_FILE',
};

export function toRefusal(what: string, problem: Problem): CliError {
  const { status, code, detail, errors } = problem;
  const more = errors.filter((sentence) => !detail.includes(sentence)).map((sentence) => `\n  ${sentence}`);
  const mark = code === '' ? String(status) : `${status} ${code}`;
  const exit = status === 401 || status === 403 ? 'unauthenticated' : status === 503 ? 'unreachable' : 'failed';
  const next = advice[exit === 'unauthenticated' ? 'unauthenticated' : code] ?? '';
  return new CliError(exit, `${what}: ${detail || 'refused'} (${mark})${more.join('')}`, next);
}

function toSentence(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!isRecord(error)) return '';
  const { object, expected, found, detail } = error;
  if (expected === undefined) return asText(detail);
  return `${asText(object)}: expected ${asText(expected)}, found ${asText(found)}`;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
