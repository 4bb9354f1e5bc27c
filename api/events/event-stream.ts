/** Server-sent events of one group: from a position on, without loss or doubles, until somebody ends it. */
import { once } from 'node:events';
import type { Response } from 'express';
import { type EventPosition, type GroupEvent, toEventId } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';
import type { EventPage } from '#domain/ports/events.ts';
import type { EventFeed } from './event-feed.ts';
import type { EventStart } from './event-query.ts';

const heartbeatMs = 15_000;
/** When a client that lost its connection comes back. */
const retryMs = 2_000;
const pageSize = 200;

export interface EventStream {
  readonly group: GroupKey;
  readonly start: EventStart;
  readonly response: Response;
}

/** The members of an event as JSON. */
export const toEventView = ({ position, time, type, body }: GroupEvent) => ({
  id: toEventId(position),
  time,
  type,
  ...body,
});

/** Ends when the group is deleted, the client goes, or the server stops. */
export async function streamEvents(feed: EventFeed, { group, start, response }: EventStream): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  begin(response);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
  try {
    let position = await tellFirst(feed, { group, start, response, signal: gone.signal });
    while (position !== null && !gone.signal.aborted && !feed.isClosing) {
      await feed.news(group, position, gone.signal);
      if (gone.signal.aborted || feed.isClosing) break;
      position = await tellNext(feed, { group, response, signal: gone.signal, after: position });
    }
  } finally {
    clearInterval(heartbeat);
  }
  response.end();
}

function begin(response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // nginx would keep the events until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${retryMs}\n\n`);
}

type Telling = Pick<EventStream, 'group' | 'response'> & { readonly signal: AbortSignal };

/** Gives where the listener stands; null when the group is gone. */
async function tellFirst(feed: EventFeed, telling: Telling & { start: EventStart }): Promise<EventPosition | null> {
  const { group, start } = telling;
  if (start.after === 'newest') {
    const page = await feed.page(group, { after: null, since: null, limit: 1 });
    if (page === null) return null;
    // An id alone: where to go on from, should the connection end before the first event.
    await send(telling, `id: ${toEventId(page.newest)}\n\n`);
    return page.newest;
  }
  const page = await feed.page(group, { after: start.after, since: start.since, limit: pageSize });
  return tellPage(feed, telling, page);
}

/** A group of the same name that began a new life is another one. */
async function tellNext(feed: EventFeed, telling: Telling & { after: EventPosition }): Promise<EventPosition | null> {
  const { group, after } = telling;
  const page = await feed.page(group, { after, since: null, limit: pageSize });
  return tellPage(feed, telling, page?.newest.life === after.life ? page : null);
}

async function tellPage(feed: EventFeed, telling: Telling, page: EventPage | null): Promise<EventPosition | null> {
  if (page === null) {
    await send(telling, toText('deleted', { type: 'deleted' }));
    return null;
  }
  if (page.isLost) await send(telling, toText('lost', { type: 'lost', message: 'what came next is not kept' }));
  const last = page.events.at(-1);
  if (last !== undefined) await send(telling, page.events.map(toEventText).join(''));
  const isWhole = page.events.length < pageSize;
  const position = last?.position ?? page.newest;
  return isWhole || telling.signal.aborted || feed.isClosing
    ? position
    : tellNext(feed, { ...telling, after: position });
}

/** Waits for a client that reads slower than things happen. */
async function send({ response, signal }: Telling, text: string): Promise<void> {
  if (signal.aborted || response.write(text)) return;
  await once(response, 'drain', { signal }).catch(() => undefined);
}

const toEventText = (event: GroupEvent): string =>
  `id: ${toEventId(event.position)}\n${toText(event.type, toEventView(event))}`;

const toText = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
