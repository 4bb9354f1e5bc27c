/** Lets one waiter sleep until somebody rings; a ring while nobody waits is kept. */
export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  readonly ring = (): void => {
    this.#rung = true;
    this.#wake?.();
  };

  /** Returns at the next ring, after the time-out or when the signal aborts. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, timeoutMs);
      signal.addEventListener('abort', this.ring, { once: true });
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', this.ring);
      this.#wake = null;
    }
    this.#rung = false;
  }
}
