import type { TargetChange } from '#domain/ports/plans.ts';

import type { Query } from './database.ts';
import { type MovedRow, selectMoved } from './target-events.ts';

export interface MoveBatch {
  readonly groupId: number;
  readonly operation: number;
  readonly time: string;
  readonly batch: readonly TargetChange[];
}

/**
 * A phase and a commit that are not given stay; a message that is not given goes with the phase that it belonged to. Handed
 * over once more counts as a change of phase, so that the wait for an answer starts anew.
 */
export async function moveBatch(
  query: Query,
  { groupId, operation, time, batch }: MoveBatch,
): Promise<readonly MovedRow[]> {
  const hooks = batch.some(({ hook }) => hook !== undefined);
  const { rows } = await query<MovedRow & Record<string, number | string>>(
    `with moved as (${hooks ? moveWithHooks : movePhases} returning t.app, t.cluster, t.phase, t.message) ${selectMoved}`,
    [
      groupId,
      operation,
      time,
      batch.map(({ app }) => app),
      batch.map(({ cluster }) => cluster),
      batch.map(({ phase }) => phase),
      batch.map(({ commit }) => commit ?? null),
      batch.map(({ message }) => message ?? ''),
      ...(hooks ? toHookLists(batch) : []),
    ],
  );
  return rows;
}

const newPhase = `coalesce(n.phase, t.phase)`;
const newMessage = `case when n.phase is null and n.message = '' then t.message else n.message end`;

const setPhases = `phase = ${newPhase}, commit_id = coalesce(n.commit_id, t.commit_id), message = ${newMessage},
  phase_since = case when ${newPhase} <> t.phase or n.phase = 'Handed' then $3 else t.phase_since end,
  standing_bundle = case when n.phase in ('Committed', 'Deployed', 'Ready') then t.bundle
    when n.phase = 'Removed' then null else t.standing_bundle end`;

const isOwn = `t.group_id = $1 and t.app = n.app and t.cluster = n.cluster and t.operation <= $2`;

const isNews = `n.phase = 'Handed' or (t.phase, t.commit_id, t.message)
  is distinct from (${newPhase}, coalesce(n.commit_id, t.commit_id), ${newMessage})`;

const movePhases = `update targets t set ${setPhases}
  from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as n (app, cluster, phase, commit_id, message)
  where ${isOwn} and (${isNews})`;

/** A hook's place and state are compared and swapped. */
const moveWithHooks = `update targets t set ${setPhases},
    hook_occasion = case when n.from_done is null then t.hook_occasion else n.occasion end,
    hook_content = case when n.from_done is null then t.hook_content else n.content end,
    hooks_done = coalesce(n.done, t.hooks_done), hook_state = coalesce(n.state, t.hook_state),
    hook_since = case when n.from_done is null then t.hook_since else $3 end
  from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[], $12::int[],
      $13::text[], $14::text[])
    as n (app, cluster, phase, commit_id, message, from_done, from_state, occasion, done, state, content)
  where ${isOwn} and (n.from_done is null and (${isNews})
    or t.hooks_done = n.from_done and t.hook_state = n.from_state)`;

const toHookLists = (changes: readonly TargetChange[]): readonly unknown[] => [
  changes.map(({ hook }) => hook?.from.done ?? null),
  changes.map(({ hook }) => hook?.from.state ?? null),
  changes.map(({ hook }) => hook?.to.occasion ?? null),
  changes.map(({ hook }) => hook?.to.done ?? null),
  changes.map(({ hook }) => hook?.to.state ?? null),
  changes.map(({ hook }) => hook?.to.content ?? null),
];
