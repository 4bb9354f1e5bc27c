import { type Difference, compareBatch } from './compare-batch.ts';
import { makeMany } from './dice.ts';
import { makeBatch } from './make-batch.ts';

export interface CaseOptions {
  readonly kubectl: string;
  readonly cases: number;
  readonly seed: number;
}

/** Documents that meet one patch in one kubectl process. */
const BATCH_SIZE = 5;
const AT_ONCE = 2;

/** Patches generated documents by kubectl and by our module; tells the differences. */
export async function runCases({ kubectl, cases, seed }: CaseOptions): Promise<readonly Difference[]> {
  const count = Math.ceil(cases / BATCH_SIZE);
  const batches = makeMany(seed, count, (dice, at) => makeBatch(dice, at + seed, BATCH_SIZE)).entries();
  const differences: Difference[] = [];
  const work = async (): Promise<void> => {
    for (const [, batch] of batches) differences.push(...(await compareBatch(kubectl, batch)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return differences;
}
