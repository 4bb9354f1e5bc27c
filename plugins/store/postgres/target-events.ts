/** What is told of targets: how many stand where, and at most twenty by name. */
import type { NewGroupEvent } from '#domain/group-event.ts';
import type { JsonObject } from '#domain/json.ts';
import { driftPrefix, type TargetPhase } from '#domain/status.ts';

import type { Query } from './database.ts';

/** Counts the targets as the transaction leaves them. */
export async function toTargetsEvent(query: Query, groupId: number, operation: number): Promise<NewGroupEvent> {
  const { rows } = await query<{ phase: TargetPhase; count: number }>(
    'select phase, count(*) as count from targets where group_id = $1 group by phase order by phase',
    [groupId],
  );
  const phases = Object.fromEntries(rows.map(({ phase, count }) => [phase, count]));
  return { type: 'targets', body: { number: operation, phases } };
}

/** What one statement of `moveTargets` did. */
export interface MovedRow {
  readonly moved: number;
  readonly failed: number;
  readonly drifted: number;
  /** JSON of the first of those. */
  readonly failures: string;
  readonly drifts: string;
}

const isFailed = `phase = 'Failed'`;
const isDrifted = `phase = 'Pending' and starts_with(message, '${driftPrefix}')`;

const first = (condition: string): string => `(select coalesce(json_agg(f), '[]')::text from (
    select app, cluster, left(message, 300) as message from moved where ${condition} order by app, cluster limit 20) f)`;

/** Sums up the CTE `moved`. */
export const selectMoved = `select count(*) as moved, count(*) filter (where ${isFailed}) as failed,
    count(*) filter (where ${isDrifted}) as drifted, ${first(isFailed)} as failures, ${first(isDrifted)} as drifts
  from moved`;

export function toMovedEvents(rows: readonly MovedRow[], operation: number): readonly NewGroupEvent[] {
  const tell = (type: 'failed' | 'drift', count: number, texts: readonly string[]): readonly NewGroupEvent[] =>
    count === 0
      ? []
      : [{ type, body: { number: operation, count, targets: texts.flatMap(parseTargets).slice(0, 20) } }];
  const sum = (pick: (row: MovedRow) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return [
    ...tell(
      'drift',
      sum(({ drifted }) => drifted),
      rows.map(({ drifts }) => drifts),
    ),
    ...tell(
      'failed',
      sum(({ failed }) => failed),
      rows.map(({ failures }) => failures),
    ),
  ];
}

/** What `selectMoved` aggregated. */
const parseTargets = (text: string): readonly JsonObject[] => JSON.parse(text) as readonly JsonObject[];
