/** At most this many requests to one API server at a time. */
const width = 8;

/** Works on all items, a few at a time; the first failure is thrown after what had begun has ended. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const serve = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, serve));
  if (failures.length > 0) throw failures[0];
}
