/** `GET …/events` of a group: a stream for who accepts one, a page of JSON for all others. */
import type { Request, Response, Router } from 'express';
import { toEventId } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';
import type { ApiDeps } from '#api/deps.ts';
import { chooseEventForm } from '#api/engine/accept.ts';
import { endpoint, namesOf, refuseMethods } from '#api/engine/endpoint.ts';
import { toRoute } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { sendJson } from '#api/engine/respond.ts';
import { findGroup, type FoundGroup } from '#api/groups/find-group.ts';
import { ensureGroup } from '#api/groups/group-life.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { EventFeed } from './event-feed.ts';
import { type EventQuery, parseEventQuery } from './event-query.ts';
import { streamEvents, toEventView } from './event-stream.ts';

export function mountEvents(router: Router, deps: ApiDeps, closing: AbortSignal): void {
  const feed = new EventFeed(deps.store.events, closing);
  router
    .route(`${toRoute(groupPath)}/events`)
    .get(endpoint((request, response) => answer(deps, feed, { request, response })))
    .all(refuseMethods(['GET']));
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

async function answer(deps: ApiDeps, feed: EventFeed, { request, response }: Exchange): Promise<void> {
  const form = chooseEventForm(request.headers.accept);
  if (form === null) throw notAcceptable();
  const lastEventId = request.headers['last-event-id'];
  const query = parseEventQuery({
    query: request.query,
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  });
  const found = await findGroup(deps, namesOf(request));
  await ensureGroup(deps, found.document);
  response.vary('Accept');
  if (form === 'json') return sendPage(feed, { found, query, response });
  const leave = feed.enter();
  try {
    await streamEvents(feed, { group: found.group, start: query.start, response });
  } finally {
    leave();
  }
}

interface PageRequest {
  readonly found: FoundGroup;
  readonly query: EventQuery;
  readonly response: Response;
}

async function sendPage(feed: EventFeed, { found, query, response }: PageRequest): Promise<void> {
  const { start, limit } = query;
  const page =
    start.after === 'newest'
      ? await loadHead(feed, found.group)
      : await feed.page(found.group, { after: start.after, since: start.since, limit });
  if (page === null) throw new HttpProblem({ status: 404, code: 'document-not-found', text: missingText });
  const last = page.events.at(-1)?.position ?? page.newest;
  sendJson(response, 200, {
    events: page.events.map(toEventView),
    next: toEventId(last),
    isLast: last.sequence === page.newest.sequence,
    ...(page.isLost ? { isLost: true } : {}),
  });
}

const missingText = 'DeploymentIntentGroup not found';

async function loadHead(feed: EventFeed, group: GroupKey) {
  const page = await feed.page(group, { after: null, since: null, limit: 1 });
  return page === null ? null : { ...page, events: [] };
}

const notAcceptable = (): HttpProblem =>
  new HttpProblem({
    status: 406,
    code: 'not-acceptable',
    text: 'set Accept: text/event-stream or application/json',
    problems: [{ object: 'Accept', expected: 'text/event-stream or application/json', found: 'neither' }],
  });
