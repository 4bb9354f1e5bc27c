import { Failure } from '#domain/failure.ts';
import type { ApiServer } from '#domain/ports/api-server.ts';
import { BackOff } from './back-off.ts';
import { Bell } from './bell.ts';

const probeEveryMs = 15_000;
const probeTimeoutMs = 10_000;
const longestBackOffMs = 60_000;

export interface Connectivity {
  readonly state: 'Available' | 'Retrying';
  readonly message: string;
}

/**
 * Whether the API server can be reached, for all watches of a cluster at once: while it cannot, one probe asks with
 * growing pauses and the watches wait; while it can, a probe notices a connection that died in silence.
 */
export class Link {
  readonly api: ApiServer;
  readonly #random: () => number;
  readonly #onChange: (connectivity: Connectivity) => void;
  #state: 'Unknown' | 'Available' | 'Retrying' = 'Unknown';
  #message = '';
  /** Aborted when the connection is lost. */
  #connection = new AbortController();
  #opened = Promise.withResolvers<void>();
  readonly #doubts = new Bell();

  constructor(api: ApiServer, options: { random: () => number; onChange: (connectivity: Connectivity) => void }) {
    this.api = api;
    this.#random = options.random;
    this.#onChange = options.onChange;
  }

  /** Resolves with a signal for requests: it aborts when the connection is lost or `signal` does. */
  async open(signal: AbortSignal): Promise<AbortSignal> {
    while (this.#state !== 'Available' && !signal.aborted) await this.#opened.promise;
    return AbortSignal.any([signal, this.#connection.signal]);
  }

  /** Says that a request found nobody: the probe looks at once whether that is so. */
  doubt(): void {
    this.#doubts.ring();
  }

  #lose(message: string): void {
    if (this.#state === 'Available') {
      this.#connection.abort(new Failure('cluster-unreachable', [], 'the connection is lost'));
      this.#opened = Promise.withResolvers<void>();
    }
    this.#move('Retrying', message);
  }

  /** Probes until the signal aborts. */
  async keep(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.#random, longestBackOffMs);
    while (!signal.aborted) {
      const isThere = await this.#probe(signal);
      if (signal.aborted) break;
      if (!isThere) {
        await backOff.wait(signal);
        continue;
      }
      backOff.reset();
      await this.#doubts.wait(probeEveryMs * (0.5 + this.#random()), signal);
    }
    this.#opened.resolve(); // waiters see the abort
  }

  async #probe(signal: AbortSignal): Promise<boolean> {
    try {
      // Any answer will do, also a refusal: somebody speaks for the API server.
      await this.api.call({ method: 'GET', path: '/version', timeoutMs: probeTimeoutMs, signal });
      this.#gain();
      return true;
    } catch (error) {
      if (!signal.aborted) this.#lose(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #gain(): void {
    if (this.#state === 'Available') return;
    this.#connection = new AbortController();
    this.#move('Available', '');
    this.#opened.resolve();
  }

  #move(state: Connectivity['state'], message: string): void {
    const isNew = this.#state !== state || this.#message !== message;
    this.#state = state;
    this.#message = message;
    if (isNew) this.#onChange({ state, message });
  }
}
