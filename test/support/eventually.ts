import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until the check passes; one that never does fails with its last error. */
export async function eventually(check: () => void | Promise<void>, deadlineMs = 20_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
