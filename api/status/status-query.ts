/** EMCO's query of a status, with its texts for what it does not know. */
import type { ClusterKey } from '#domain/group.ts';
import { isName } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';

/** What the resources' status speaks of: `status=` or, in EMCO's old form, `type=`. */
export type StatusForm = 'deployed' | 'ready' | 'rsync' | 'cluster';

/** The forms that speak of health. */
export const isReadyForm = (form: StatusForm): boolean => form === 'ready' || form === 'cluster';

export interface StatusQuery {
  readonly form: StatusForm;
  readonly output: 'summary' | 'all' | 'detail';
  /** Null: the latest. */
  readonly instance: string | null;
  /** Empty lists: all. */
  readonly apps: readonly string[];
  readonly clusters: readonly ClusterKey[];
  readonly resources: readonly string[];
  /** One of the flags: another report altogether. */
  readonly report: 'apps' | 'clusters' | 'resources' | null;
}

type Query = Readonly<Record<string, unknown>>;

/** @throws HttpProblem 400 with EMCO's text; names that it does not know are ignored */
export function parseStatusQuery(query: Query): StatusQuery {
  const status = oneOf(query, 'status', ['deployed', 'ready']);
  const type = status === null ? oneOf(query, 'type', ['rsync', 'cluster']) : null;
  const [instance = null] = textsOf(query, 'instance');
  if (instance === '') throw invalid('query instance', '');
  return {
    form: status ?? type ?? 'rsync',
    output: oneOf(query, 'output', ['summary', 'all', 'detail']) ?? 'all',
    instance,
    apps: checked(query, { name: 'app', text: 'app query', isValid: isName }),
    // What the check lets through has the spelling of a cluster key.
    clusters: checked(query, { name: 'cluster', text: 'cluster query', isValid: isClusterKey }) as ClusterKey[],
    resources: checked(query, { name: 'resource', text: 'resources query', isValid: (text) => text !== '' }),
    report: (['apps', 'clusters', 'resources'] as const).find((flag) => query[flag] !== undefined) ?? null,
  };
}

/** The values of a parameter that may come several times. */
function textsOf(query: Query, name: string): string[] {
  const value = query[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string').slice(0, 1000);
}

function oneOf<const T extends string>(query: Query, name: string, allowed: readonly T[]): T | null {
  const [text] = textsOf(query, name);
  if (text === undefined) return null;
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw invalid(`query ${name}`, text, allowed);
  return found;
}

interface Check {
  readonly name: string;
  readonly text: string;
  readonly isValid: (text: string) => boolean;
}

function checked(query: Query, { name, text, isValid }: Check): string[] {
  const texts = textsOf(query, name);
  const refused = texts.find((each) => !isValid(each));
  if (refused !== undefined) throw invalid(text, refused);
  return texts;
}

function isClusterKey(text: string): boolean {
  const names = text.split('+');
  return names.length === 2 && names.every(isName);
}

function invalid(what: string, found: string, allowed: readonly string[] = []): HttpProblem {
  const expected = allowed.length === 0 ? 'a valid value' : `one of ${allowed.join(', ')}`;
  return new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `Invalid ${what}`,
    problems: [{ object: what, expected, found: JSON.stringify(found.slice(0, 80)) }],
  });
}
