import { toApiPath } from '#domain/api-path.ts';
import { Failure } from '#domain/failure.ts';
import { readNumber, readObjects, readText } from '#domain/health-fields.ts';
import { isJsonObject } from '#domain/json.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ApiAnswer, ApiCall, KindRef, ServedKind } from '#domain/ports/api-server.ts';
import { BackOff, sleep } from './back-off.ts';
import type { Link } from './link.ts';

export interface WatchTarget extends KindRef {
  /** Empty for all namespaces. */
  readonly namespace: string;
  readonly labelSelector: string;
  /** Leaves out spec and status, and the contents of Secrets and ConfigMaps. */
  readonly metadataOnly: boolean;
}

export interface KindWatchOptions<T> {
  readonly target: WatchTarget;
  readonly link: Link;
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** What is remembered of an object; everything else is dropped at once. */
  readonly keep: (object: JsonObject, before: T | undefined) => T;
  readonly onChange: () => void;
}

/** `waiting` for the first list, `listed`, `unserved` kind, or `refused` (with the reason). */
export type KindState = 'waiting' | 'listed' | 'unserved' | 'refused';

const pageSize = '250';
const longestBackOffMs = 10_000;
/** Between two tries of a stream that ends at once. */
const shortPauseMs = 500;
const watchSeconds = 240;

/** The server does not know the version any more: the list has to be made anew. */
class Expired extends Error {}

/** Somebody wants a newer list. */
class Restarted extends Error {}

/** One list and one watch of a kind: what it keeps is always what the API server last said. */
export class KindWatch<T> {
  readonly #options: KindWatchOptions<T>;
  readonly #backOff: BackOff;
  readonly #stopped = new AbortController();
  readonly #ended: AbortSignal;
  /** Aborts the running stream or pause so that the list is made anew. */
  #restart = new AbortController();
  /** Where the watch goes on after a lost connection; empty when the list has to be made. */
  #resourceVersion = '';
  #items = new Map<string, T>();
  #wantedSince = 0;
  #hasFailed = false;
  state: KindState = 'waiting';
  message = '';
  /** When the newest list was begun, in performance.now(): everything before it is in it. */
  listedAt = -1;

  constructor(options: KindWatchOptions<T>) {
    this.#options = options;
    this.#backOff = new BackOff(options.random, longestBackOffMs);
    this.#ended = AbortSignal.any([options.signal, this.#stopped.signal]);
  }

  get(namespace: string, name: string): T | undefined {
    return this.#items.get(`${namespace}/${name}`);
  }

  /** Makes sure that what is kept is not older than a moment (of performance.now()); says whether it is so already. */
  isFresh(since: number): boolean {
    if (this.listedAt >= since) return true;
    if (this.#wantedSince < since) {
      this.#wantedSince = since;
      this.#restart.abort();
    }
    return false;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Lists and watches until stopped. */
  async run(): Promise<void> {
    while (!this.#ended.aborted) {
      const signal = await this.#options.link.open(this.#ended);
      this.#hasFailed = false;
      try {
        await this.#follow(signal);
      } catch (error) {
        this.#fail(error, signal);
      }
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    if (this.#ended.aborted || (!this.#hasFailed && !this.#isWantedFresh())) return;
    if (this.state === 'listed' && !this.#hasFailed) return sleep(shortPauseMs, this.#beginWait());
    return this.#backOff.wait(this.#beginWait());
  }

  /** A signal for what a call of `isFresh` may cut short. */
  #beginWait(): AbortSignal {
    this.#restart = new AbortController();
    return AbortSignal.any([this.#ended, this.#restart.signal]);
  }

  #fail(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#hasFailed = !(error instanceof Restarted);
    if (error instanceof Failure && error.code === 'cluster-unreachable') return this.#options.link.doubt();
    this.#resourceVersion = '';
    if (error instanceof Expired || error instanceof Restarted) return;
    this.#move('refused', error instanceof Error ? error.message : String(error));
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const kind = await this.#findKind();
    if (kind === null) return;
    if (this.#resourceVersion === '' || !this.#isWantedFresh()) await this.#list(kind, signal);
    while (!signal.aborted && this.#isWantedFresh()) {
      const startedAt = performance.now();
      await this.#watch(kind, signal);
      this.#backOff.reset();
      if (performance.now() - startedAt < shortPauseMs) return;
    }
  }

  #isWantedFresh(): boolean {
    return this.#wantedSince <= this.listedAt;
  }

  async #findKind(): Promise<ServedKind | null> {
    const { api } = this.#options.link;
    const { target } = this.#options;
    const startedAt = performance.now();
    if (this.state === 'unserved') api.forgetKinds();
    const kind = await api.findKind(target);
    if (kind === null) this.#settle('unserved', { items: new Map(), startedAt });
    return kind;
  }

  async #list(kind: ServedKind, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const items = new Map<string, T>();
    let next = '';
    let resourceVersion = '';
    do {
      const page = await this.#page(kind, { next, signal });
      for (const item of readObjects(page, 'items')) this.#put(items, item);
      resourceVersion = readText(page, 'metadata', 'resourceVersion');
      next = readText(page, 'metadata', 'continue');
    } while (next !== '');
    this.#backOff.reset();
    this.#resourceVersion = resourceVersion;
    this.#settle('listed', { items, startedAt });
  }

  async #page(kind: ServedKind, at: { next: string; signal: AbortSignal }): Promise<JsonObject> {
    const { link, target } = this.#options;
    const answer = await link.api.call({
      method: 'GET',
      path: toApiPath(kind, target),
      query: { labelSelector: target.labelSelector, limit: pageSize, ...(at.next === '' ? {} : { continue: at.next }) },
      accept: this.#accept('List'),
      signal: at.signal,
    });
    return answer.ok ? answer.body : this.#refuse(answer);
  }

  /** Follows the changes until the server ends the stream. */
  async #watch(kind: ServedKind, signal: AbortSignal): Promise<void> {
    const { link, target, random } = this.#options;
    const seconds = Math.round(watchSeconds * (1 + random() / 2));
    const restart = this.#beginWait();
    const call: ApiCall = {
      method: 'GET',
      path: toApiPath(kind, target),
      query: {
        watch: '1',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(seconds),
        labelSelector: target.labelSelector,
        resourceVersion: this.#resourceVersion,
      },
      accept: this.#accept(''),
      signal: AbortSignal.any([signal, restart]),
    };
    try {
      const answer = await link.api.stream(call, {
        idleMs: (seconds + 30) * 1000,
        onValue: (event) => this.#take(event),
      });
      if (!answer.ok) this.#refuse(answer);
    } catch (error) {
      throw restart.aborted && !signal.aborted ? new Restarted() : error;
    }
  }

  #take(event: JsonObject): void {
    const object = event['object'];
    if (!isJsonObject(object)) throw new Expired();
    if (event['type'] === 'ERROR') throw readNumber(object, 'code') === 410 ? new Expired() : toRefusal(object);
    this.#resourceVersion = readText(object, 'metadata', 'resourceVersion');
    if (event['type'] === 'BOOKMARK') return;
    if (event['type'] === 'DELETED') this.#items.delete(toKey(object));
    else this.#put(this.#items, object);
    this.#options.onChange();
  }

  #put(items: Map<string, T>, object: JsonObject): void {
    const key = toKey(object);
    items.set(key, this.#options.keep(object, this.#items.get(key)));
  }

  #accept(list: 'List' | ''): string {
    if (!this.#options.target.metadataOnly) return 'application/json';
    return `application/json;as=PartialObjectMetadata${list};g=meta.k8s.io;v=v1`;
  }

  #refuse(answer: Extract<ApiAnswer, { ok: false }>): never {
    if (answer.status === 404) this.#settle('unserved', { items: new Map(), startedAt: performance.now() });
    if (answer.status === 404 || answer.status === 410) throw new Expired();
    throw new Failure('object-refused', [], `${this.#options.target.kind}: ${answer.message}`);
  }

  #settle(state: KindState, found: { items: Map<string, T>; startedAt: number }): void {
    this.#items = found.items;
    this.listedAt = found.startedAt;
    this.#move(state, '');
    this.#options.onChange();
  }

  #move(state: KindState, message: string): void {
    if (this.state === state && this.message === message) return;
    this.state = state;
    this.message = message;
    this.#options.onChange();
  }
}

const toKey = (object: JsonObject): string =>
  `${readText(object, 'metadata', 'namespace')}/${readText(object, 'metadata', 'name')}`;

const toRefusal = (status: JsonObject): Failure => new Failure('object-refused', [], readText(status, 'message'));
