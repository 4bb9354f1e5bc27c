/**
 * Wakes all listeners of this process by one cheap look at where their groups stand, whatever their number. The store's
 * rows are what is told, so any number of processes tell the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventPosition } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';
import type { EventPage, EventRequest, Events } from '#domain/ports/events.ts';
import { HttpProblem } from '#api/engine/problem.ts';

const pollMs = 500;
const longestPollMs = 10_000;
/** Open streams of one process. */
const mostListeners = 1000;

interface Waiter {
  readonly group: GroupKey;
  readonly after: EventPosition;
  readonly wake: () => void;
}

export class EventFeed {
  readonly #events: Events;
  readonly #closing: AbortSignal;
  readonly #waiters = new Set<Waiter>();
  readonly #pages = new Map<string, Promise<EventPage | null>>();
  #listeners = 0;
  #isPolling = false;

  constructor(events: Events, closing: AbortSignal) {
    this.#events = events;
    this.#closing = closing;
  }

  /** True from the moment that the server stops. */
  get isClosing(): boolean {
    return this.#closing.aborted;
  }

  /** Counts a stream in. @throws HttpProblem 503 when there are too many */
  enter(): () => void {
    if (this.isClosing || this.#listeners >= mostListeners) throw tooMany();
    this.#listeners += 1;
    return () => {
      this.#listeners -= 1;
    };
  }

  /** Listeners at the same place read the same page once. */
  async page(group: GroupKey, request: EventRequest): Promise<EventPage | null> {
    const key = JSON.stringify([group, request]);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const page = this.#events.list(group, request);
    this.#pages.set(key, page);
    try {
      return await page;
    } finally {
      this.#pages.delete(key);
    }
  }

  /** Waits until the group stands elsewhere or is gone, the signal aborts or the server stops. */
  async news(group: GroupKey, after: EventPosition, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#closing]);
    if (ended.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter: Waiter = { group, after, wake: resolve };
    this.#waiters.add(waiter);
    ended.addEventListener('abort', () => resolve(), { once: true });
    void this.#poll();
    await promise;
    this.#waiters.delete(waiter);
  }

  async #poll(): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    let pauseMs = pollMs;
    while (this.#waiters.size > 0 && !this.isClosing) {
      try {
        await sleep(pauseMs, undefined, { signal: this.#closing });
        await this.#look();
        pauseMs = pollMs;
      } catch {
        // The store is away, or the server stops: whoever reads hears it by itself.
        pauseMs = Math.min(pauseMs * 2, longestPollMs);
      }
    }
    this.#isPolling = false;
  }

  async #look(): Promise<void> {
    const waiters = [...this.#waiters];
    const newest = await this.#events.newest([...new Set(waiters.map(({ group }) => group))]);
    for (const { group, after, wake } of waiters) {
      const now = newest.get(group);
      if (now?.life !== after.life || now.sequence !== after.sequence) wake();
    }
  }
}

const tooMany = (): HttpProblem =>
  new HttpProblem({
    status: 503,
    code: 'internal',
    text: 'Too many event streams',
    problems: [{ object: 'event streams of this process', expected: `at most ${mostListeners}`, found: 'as many' }],
    headers: { 'Retry-After': '5' },
  });
