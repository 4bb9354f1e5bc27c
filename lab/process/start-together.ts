import type { RunningProgram } from './program.ts';
import { stopAll } from './stop-all.ts';

/** Waits for programs that are being started; if one of them fails, the others are stopped before its error is thrown. */
export async function startTogether(starting: readonly Promise<RunningProgram>[]): Promise<RunningProgram[]> {
  const results = await Promise.allSettled(starting);
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure === undefined) return running;
  await stopAll(running);
  throw failure.reason;
}
