/** From where on a client wants to hear. */
import { type EventPosition, parseEventId } from '#domain/group-event.ts';
import { HttpProblem } from '#api/engine/problem.ts';

/** `newest`: only what comes from now on. */
export type EventStart =
  | { readonly after: EventPosition | null; readonly since: string | null }
  | { readonly after: 'newest' };

export interface EventQuery {
  readonly start: EventStart;
  /** Of a page. */
  readonly limit: number;
}

interface Asked {
  readonly query: Readonly<Record<string, unknown>>;
  /** `Last-Event-ID`; it wins, since a client that comes back sends its first query again. */
  readonly lastEventId: string | undefined;
}

/** @throws HttpProblem 400 */
export function parseEventQuery({ query, lastEventId }: Asked): EventQuery {
  return { start: toStart(lastEventId, query['since']), limit: toLimit(query['limit']) };
}

function toStart(lastEventId: string | undefined, since: unknown): EventStart {
  if (lastEventId !== undefined && lastEventId !== '') {
    const after = parseEventId(lastEventId);
    if (after === null) throw invalid('Last-Event-ID', 'an id that an event came with', lastEventId);
    return { after, since: null };
  }
  if (since === undefined) return { after: null, since: null };
  if (since === 'now') return { after: 'newest' };
  const after = typeof since === 'string' ? parseEventId(since) : null;
  if (after !== null) return { after, since: null };
  const time = typeof since === 'string' && /^\d{4}-\d\d-\d\dT/.test(since) ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(time)) throw invalid('query since', 'an RFC 3339 time, the id of an event, or now', since);
  return { after: null, since: new Date(time).toISOString() };
}

function toLimit(limit: unknown): number {
  if (limit === undefined) return 100;
  if (typeof limit === 'string' && /^[1-9]\d{0,8}$/.test(limit)) return Math.min(Number(limit), 1000);
  throw invalid('query limit', 'a whole number from 1', limit);
}

const invalid = (what: string, expected: string, found: unknown): HttpProblem =>
  new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: `Invalid ${what}`,
    problems: [{ object: what, expected, found: (JSON.stringify(found) ?? 'nothing').slice(0, 80) }],
  });
