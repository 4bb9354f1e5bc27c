const everyMs = 2_000;

/** Runs the work while calling the heartbeat; what the heartbeat throws stops the work and is thrown on. */
export async function withPulse<T>(heartbeat: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let stop: { readonly reason: unknown } | null = null;
  const beat = (): void => {
    try {
      heartbeat();
    } catch (reason) {
      stop ??= { reason };
      controller.abort();
    }
  };
  const timer = setInterval(beat, everyMs);
  try {
    heartbeat();
    return await work(controller.signal);
  } catch (error) {
    // TypeScript does not see that `beat` sets it.
    const stopped = stop as { readonly reason: unknown } | null;
    throw stopped === null ? error : stopped.reason;
  } finally {
    clearInterval(timer);
  }
}
