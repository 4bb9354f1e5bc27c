import { setTimeout as delay } from 'node:timers/promises';

const firstMs = 500;

/** Waits that double up to a limit, each shortened at random by up to a half so that many clusters spread out. */
export class BackOff {
  readonly #random: () => number;
  readonly #longestMs: number;
  #nextMs = firstMs;

  constructor(random: () => number, longestMs: number) {
    this.#random = random;
    this.#longestMs = longestMs;
  }

  reset(): void {
    this.#nextMs = firstMs;
  }

  /** Returns early when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = this.#nextMs * (1 - this.#random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longestMs);
    await sleep(ms, signal);
  }
}

/** Returns early when the signal aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
