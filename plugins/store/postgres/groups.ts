import { groupFactPrefix } from '#domain/group-facts.ts';
import { orThrow, refused } from '#domain/failure.ts';
import type { GroupKey } from '#domain/group.ts';
import { toStateActions } from '#domain/lifecycle.ts';
import type { StateAction } from '#domain/lifecycle.ts';
import type { Actor } from '#domain/ports/documents.ts';
import type { GroupRecord, Groups } from '#domain/ports/groups.ts';

import { appendAudit } from './audit.ts';
import type { Query } from './database.ts';
import { appendEvents } from './events.ts';
import type { GroupRow } from './group-rows.ts';
import { groupNotFound, lockGroup, saveGroup, toActions, toGroup } from './group-rows.ts';
import { makeOperations } from './operations.ts';
import type { RequestDeps } from './request-operation.ts';
import { isLeft } from './targets.ts';
import { checkTransition, requestOperation } from './request-operation.ts';
import { makeRevisions } from './revisions.ts';

/** Revision numbers grow over the whole life of a group, also over terminate and instantiate. */
export function makeGroups(deps: RequestDeps): Groups {
  const { database } = deps;
  const find = async (group: GroupKey): Promise<GroupRecord | null> => {
    const { rows } = await database.query<GroupRow>('select * from groups where key = $1', [group]);
    return rows[0] === undefined ? null : toGroup(rows[0]);
  };
  return {
    ...makeOperations(deps),
    ...makeRevisions(database),
    find,
    async create(group, time) {
      const created: StateAction = { state: 'Created', instance: '', time, revision: 0 };
      await database.query(
        `insert into groups (key, state, actions) values ($1, 'Created', $2) on conflict do nothing`,
        [group, JSON.stringify([created])],
      );
      const found = await find(group);
      if (found === null) throw groupNotFound(group);
      return found;
    },
    approve: (group, actor) => approve(deps, group, actor),
    remove: (group, actor) => remove(deps, group, actor),
    async list(state) {
      const { rows } = await database.query<GroupRow>(
        'select * from groups where $1::text is null or state = $1 order by id',
        [state ?? null],
      );
      return rows.map(toGroup);
    },
    request: (group, request, { recordRefusal }) => requestOperation(deps, group, { request, recordRefusal }),
  };
}

async function approve(deps: RequestDeps, group: GroupKey, actor: Actor): Promise<GroupRecord> {
  return deps.database.transaction(async (query) => {
    const row = await lockGroup(query, group);
    orThrow(checkTransition(row, 'approve'));
    const time = deps.now().toISOString();
    const actions = toActions(row);
    const before = actions.at(-1) ?? { state: row.state, instance: '', time, revision: 0 };
    const added = toStateActions('approve', before, { instance: '', revision: 0, time });
    if (added.length === 0) return toGroup(row);
    const after: GroupRow = { ...row, state: 'Approved', actions: JSON.stringify([...actions, ...added]) };
    await saveGroup(query, after);
    await appendEvents(query, row.id, { time, events: [{ type: 'approved', body: { requestedBy: actor.name } }] });
    const object = group;
    await appendAudit(query, [
      { time, actor: actor.name, action: 'approve', object, before: row.state, after: after.state, detail: '' },
    ]);
    return toGroup(after);
  });
}

/** A group goes when the table allows it and none of its operations is under way: a terminate has to have ended. */
async function remove(deps: RequestDeps, group: GroupKey, actor: Actor): Promise<void> {
  await deps.database.transaction(async (query) => {
    const row = await lockGroup(query, group);
    orThrow(checkTransition(row, 'delete'));
    await refuseOpen(query, row);
    await refuseLeft(query, row);
    await query('delete from observations where gid = $1', [row.gid]);
    await query('delete from facts where starts_with(name, $1)', [`${groupFactPrefix(group)} `]);
    await query('delete from groups where id = $1', [row.id]);
    const [time, object] = [deps.now().toISOString(), `${group}#run`];
    await appendAudit(query, [
      { time, actor: actor.name, action: 'delete', object, before: row.state, after: '', detail: `gid ${row.gid}` },
    ]);
  });
}

/** What still stands on a cluster would have no owner any more. */
async function refuseLeft(query: Query, row: GroupRow): Promise<void> {
  const { rows } = await query<{ left: number }>(
    `select count(*) as left from targets where group_id = $1 and ${isLeft}`,
    [row.id],
  );
  const left = rows[0]?.left ?? 0;
  if (left === 0) return;
  const [object, expected] = [`group ${row.key}`, 'nothing of it on any cluster'];
  orThrow(refused('transition-illegal', [{ object, expected, found: `${left} targets: terminate it first` }]));
}

async function refuseOpen(query: Query, row: GroupRow): Promise<void> {
  const { rows } = await query<{ kind: string; number: number }>(
    `select kind, number from operations where group_id = $1 and state in ('requested', 'accepted') order by number`,
    [row.id],
  );
  if (rows.length === 0) return;
  const found = rows.map(({ kind, number }) => `${kind} (operation ${number})`).join(', ');
  const expected = 'no operation under way';
  orThrow(refused('transition-illegal', [{ object: `group ${row.key}`, expected, found }]));
}
