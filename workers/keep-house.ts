/** The daily sweep of what nothing refers to; on the embedded database it is also the only vacuum. */
export interface HouseDeps {
  readonly store: {
    sweepBlobs(olderThanDays: number): Promise<{ blobs: number; bundles: number; changeSets: number }>;
  };
  readonly info: (event: string, counts: Readonly<Record<string, number>>) => void;
  readonly warn: (event: string, detail: string) => void;
}

const dayMs = 86_400_000;
const firstMs = 600_000;
const keptDays = 7;

/** Ten minutes after the start and then every day, until stopped. */
export function keepHouse({ store, info, warn }: HouseDeps): { stop(): void } {
  const sweep = (): void =>
    void store.sweepBlobs(keptDays).then(
      ({ blobs, bundles, changeSets }) => info('swept', { blobs, bundles, changeSets }),
      (error: unknown) => warn('sweep failed', String(error)),
    );
  const first = setTimeout(sweep, firstMs);
  const daily = setInterval(sweep, dayMs);
  return {
    stop: () => {
      clearTimeout(first);
      clearInterval(daily);
    },
  };
}
