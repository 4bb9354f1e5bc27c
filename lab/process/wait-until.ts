import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** What is waited for, as the end of the sentence "expected …". */
  readonly expected: string;
  readonly intervalMs?: number;
}

/** Asks until the answer is something else than undefined or false; an error counts as "not yet" and is told at the end. */
export async function waitUntil<T>(
  ask: () => Promise<T | undefined | false>,
  { timeoutMs, expected, intervalMs = 100 }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`expected ${expected} within ${timeoutMs / 1000} s, found it not so`, { cause: lastError });
    }
    await delay(intervalMs);
  }
}
