import { setTimeout as delay } from 'node:timers/promises';

import type { Stoppable } from '#lab/process/index.ts';

/** What a start that was interrupted gets to come to its end and be stopped in good order. */
const PATIENCE_MS = 15_000;

/** Undoes what was begun, last first, once. */
export class CleanUp {
  readonly #tasks: (() => Promise<unknown>)[] = [];
  readonly #warn: (line: string) => void;

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  add(task: () => Promise<unknown>): void {
    this.#tasks.unshift(task);
  }

  /** Registers something that is still starting, so that an interrupt in the meantime stops it too. */
  async track<T extends Stoppable>(starting: Promise<T>): Promise<T> {
    const stopping = starting.then((started) => started.stop).catch(() => null);
    this.add(async () => {
      const stop = await Promise.race([stopping, delay(PATIENCE_MS, null, { ref: false })]);
      await stop?.();
    });
    return starting;
  }

  async run(): Promise<void> {
    for (const task of this.#tasks.splice(0)) {
      await task().catch((error: unknown) => this.#warn(error instanceof Error ? error.message : String(error)));
    }
  }
}
