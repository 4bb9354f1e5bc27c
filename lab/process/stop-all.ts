/** Something that was started and can be stopped. */
export interface Stoppable {
  readonly stop: () => Promise<void>;
}

/** Stops in reverse order of starting; each gets its turn even if one before it fails. */
export async function stopAll(started: readonly Stoppable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const one of started.toReversed()) {
    try {
      await one.stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${started.length} could not be stopped`);
}
