import { builtInKinds } from '#plugins/action/gac/strategic-merge/index.ts';
import { type Difference, compareBatch } from './compare-batch.ts';
import { type Dice, makeMany } from './dice.ts';
import { askKubectl } from './kubectl.ts';
import { type Batch, type Kind, makeBatch } from './make-batch.ts';
import { isObject } from './make-document.ts';

export interface CaseOptions {
  readonly kubectl: string;
  readonly cases: number;
  readonly seed: number;
}

/** Documents that meet one patch in one kubectl process. */
const BATCH_SIZE = 5;
const AT_ONCE = 2;

export interface CaseResult {
  readonly differences: readonly Difference[];
  /** Of the table, without those that this kubectl cannot patch by itself. */
  readonly kinds: readonly Kind[];
  readonly unknown: readonly Kind[];
}

/** Patches generated documents by kubectl and by our module, all kinds that both know in turn. */
export async function runCases({ kubectl, cases, seed }: CaseOptions): Promise<CaseResult> {
  const { kinds, unknown } = await sortKinds(kubectl);
  const count = Math.ceil(cases / BATCH_SIZE);
  const make = (dice: Dice, at: number): Batch => makeBatch(dice, { kinds, at: at + seed, size: BATCH_SIZE });
  const batches = makeMany(seed, count, make).entries();
  const differences: Difference[] = [];
  const work = async (): Promise<void> => {
    for (const [, batch] of batches) differences.push(...(await compareBatch(kubectl, batch)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { differences, kinds, unknown };
}

/** `kubectl --local` refuses kinds that its version has no structs for, and those that no version of it has. */
async function sortKinds(kubectl: string): Promise<Pick<CaseResult, 'kinds' | 'unknown'>> {
  const all = builtInKinds();
  const documents = all.map((kind, at) => ({ ...kind, metadata: { name: String(at) } }));
  const answer = await askKubectl(kubectl, { patch: { metadata: { labels: { a: 'b' } } }, documents });
  const known = new Set(
    answer.documents.filter(isObject).map(({ metadata }) => isObject(metadata) && metadata['name']),
  );
  return {
    kinds: all.filter((_, at) => known.has(String(at))),
    unknown: all.filter((_, at) => !known.has(String(at))),
  };
}
