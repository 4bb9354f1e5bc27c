/** Works through a list in order, `count` items at a time; the first failure is thrown and nothing new is begun after it. */
export async function atATime<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  try {
    await Promise.all(Array.from({ length: count }, run));
  } finally {
    waiting.length = 0;
  }
}
