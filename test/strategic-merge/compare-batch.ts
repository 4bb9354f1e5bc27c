import { isDeepStrictEqual } from 'node:util';
import {
  type JsonObject,
  StrategicMergeError,
  schemaOf,
  strategicMergePatch,
} from '#plugins/action/gac/strategic-merge/index.ts';
import { type Answer, askKubectl } from './kubectl.ts';
import type { Batch } from './make-batch.ts';

export interface Difference {
  readonly patch: JsonObject;
  readonly document: JsonObject;
  readonly ours: Answer;
  /** All that kubectl said when it was asked again and again. */
  readonly kubectl: readonly Answer[];
}

/** How often kubectl is asked the same: it takes fields in random order, so that some patches have several answers. */
const ATTEMPTS = 24;

/** The documents of the batch that kubectl never patches as we do. */
export async function compareBatch(kubectl: string, batch: Batch): Promise<readonly Difference[]> {
  if (isSameAnswer(merge(batch), await askKubectl(kubectl, batch))) return [];
  const differences: Difference[] = [];
  for (const document of batch.documents) {
    const found = await compareOne(kubectl, { patch: batch.patch, documents: [document] });
    if (found !== null) differences.push({ patch: batch.patch, document, ...found });
  }
  return differences;
}

type Found = Pick<Difference, 'ours' | 'kubectl'>;

async function compareOne(kubectl: string, batch: Batch): Promise<Found | null> {
  const ours = merge(batch);
  const said: Answer[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = await askKubectl(kubectl, batch);
    if (isSameAnswer(ours, answer)) return null;
    said.push(answer);
  }
  return { ours, kubectl: said };
}

function merge({ patch, documents }: Batch): Answer {
  const errors: string[] = [];
  const merged = documents.flatMap((document) => {
    try {
      return [mergeOne(document, patch)];
    } catch (error) {
      if (!(error instanceof StrategicMergeError)) throw error;
      errors.push(error.message);
      return [];
    }
  });
  return { documents: merged, errors: errors.join('\n') };
}

function mergeOne(document: JsonObject, patch: JsonObject): JsonObject {
  const { apiVersion, kind } = document;
  const schema = typeof apiVersion === 'string' && typeof kind === 'string' ? schemaOf(apiVersion, kind) : null;
  if (schema === null) throw new Error(`${JSON.stringify(kind)}: expected in the table, found missing`);
  const merged = strategicMergePatch(document, patch, schema);
  // What kubectl says when it reads its own result.
  if (typeof merged['kind'] !== 'string') throw new StrategicMergeError(NO_KIND);
  return merged;
}

const NO_KIND = "Object 'Kind' is missing";

/** Kubectl's message carries the object; and where it ends with a panic, any refusal of ours is right. */
function isSameAnswer(ours: Answer, kubectl: Answer): boolean {
  const errors = kubectl.errors.replaceAll(/^error: /gm, '').replaceAll(/(Object 'Kind' is missing) in '.*'$/gm, '$1');
  const isSameText = errors === ours.errors.trim() || (errors.startsWith('panic:') && ours.errors !== '');
  return isSameText && isDeepStrictEqual(ours.documents, kubectl.documents);
}
