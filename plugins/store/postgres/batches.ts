/** Parameters of one statement stay near this size: larger ones block the embedded database's only thread for long. */
const batchBytes = 1_000_000;
const batchRows = 5000;

/** Cuts a list into consecutive runs of bounded size; an item that is larger alone is a run of its own. */
export function toBatches<T>(items: readonly T[], sizeOf: (item: T) => number): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = batches.at(-1);
    if (last === undefined || bytes + size > batchBytes || last.length === batchRows) {
      batches.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return batches;
}
