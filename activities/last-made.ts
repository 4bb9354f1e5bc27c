/** Remembers, by place, the last thing that was made and from what; for as long as the process lives. */
export interface LastMade<T> {
  recall(place: string): Made<T> | undefined;
  remember(place: string, made: Made<T>): void;
}

export interface Made<T> {
  /** Says everything that the value was made from. */
  readonly key: string;
  readonly value: T;
}

/** Beyond `places` the one that was not made for the longest time is forgotten. */
export function makeLastMade<T>(places: number): LastMade<T> {
  const memory = new Map<string, Made<T>>();
  return {
    recall: (place) => memory.get(place),
    remember(place, made) {
      memory.delete(place);
      memory.set(place, made);
      const [oldest] = memory.keys();
      if (memory.size > places && oldest !== undefined) memory.delete(oldest);
    },
  };
}
