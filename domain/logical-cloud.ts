/** The life of a level 0 logical cloud: bookkeeping only, nothing runs anywhere. Kept as a fact of the store. */
import { memberAt } from './document-secrets.ts';
import type { DocumentKey } from './group.ts';
import type { JsonObject } from './json.ts';

/** EMCO's documents may leave the level out. */
export const toCloudLevel = (body: JsonObject): '0' | '1' => (memberAt(body, ['spec', 'level']) === '0' ? '0' : '1');

export type LogicalCloudState = 'Created' | 'Instantiated' | 'Updated' | 'Terminated';

export interface LogicalCloudAction {
  readonly state: LogicalCloudState;
  readonly instance: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly revision: number;
}

export interface LogicalCloudLife {
  /** Sequence of the document that it belongs to; a document made anew under the same name begins a new life. */
  readonly sequence: number;
  readonly statusContext: string;
  readonly actions: readonly LogicalCloudAction[];
}

/** Name of the fact that holds the life as JSON. */
export const toLogicalCloudFact = (cloud: DocumentKey): string => `logical-cloud:${cloud}`;

export function parseLogicalCloudLife(
  fact: string | null,
  document: { readonly sequence: number; readonly createdAt: string },
): LogicalCloudLife {
  // The fact is written by the API only.
  const life = fact === null ? null : (JSON.parse(fact) as LogicalCloudLife);
  if (life !== null && life.sequence === document.sequence) return life;
  const created = { state: 'Created', instance: '', time: document.createdAt, revision: 0 } as const;
  return { sequence: document.sequence, statusContext: '', actions: [created] };
}

export const toLogicalCloudState = (life: LogicalCloudLife): LogicalCloudState =>
  life.actions.at(-1)?.state ?? 'Created';
