/** Resolves at the first signal that asks for the end. */
export const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

/** Runs the program until somebody asks for its end or a part of it has failed; gives the exit code. */
export async function runUntilAsked(
  program: { readonly failed: Promise<never>; stop(): Promise<void> },
  asked: Promise<void>,
): Promise<{ readonly exitCode: number; readonly failure: string }> {
  const failure = await Promise.race([asked.then(() => ''), program.failed.catch((error: unknown) => String(error))]);
  await program.stop();
  return { exitCode: failure === '' ? 0 : 1, failure };
}
