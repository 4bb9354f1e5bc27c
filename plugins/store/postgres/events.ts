import type { GroupEventType, NewGroupEvent } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import type { EventPage, EventRequest, Events } from '#domain/ports/events.ts';

import type { Database, Query } from './database.ts';

export interface EventsDeps {
  readonly database: Database;
  readonly now: () => Date;
}

/** Newest events of a group that the daily sweep leaves. */
export const keptEvents = 5000;

export function makeEvents({ database, now }: EventsDeps): Events {
  return {
    append: (group, event) =>
      database.transaction(async (query) => {
        const id = await lockEvents(query, group);
        if (id !== null) await appendEvents(query, id, { time: now().toISOString(), events: [event] });
      }),
    list: (group, request) => list(database, group, request),
    async newest(groups) {
      const { rows } = await database.query<{ key: GroupKey; life: number; sequence: number }>(
        'select key, id as life, last_event as sequence from groups where key = any($1)',
        [groups],
      );
      return new Map(rows.map(({ key, life, sequence }) => [key, { life, sequence }]));
    },
  };
}

/** Whoever writes events of a group queues here, before it touches anything else of the group; null: no such group. */
export async function lockEvents(query: Query, group: GroupKey): Promise<number | null> {
  const { rows } = await query<{ id: number }>('select id from groups where key = $1 for no key update', [group]);
  return rows[0]?.id ?? null;
}

/** Called in the transaction of what the events tell, with the group's row locked: so they become visible in their order. */
export async function appendEvents(
  query: Query,
  groupId: number,
  { time, events }: { readonly time: string; readonly events: readonly NewGroupEvent[] },
): Promise<void> {
  if (events.length === 0) return;
  await query(
    `with head as (update groups set last_event = last_event + $2::int where id = $1 returning last_event - $2::int as before)
     insert into events (group_id, sequence, time, type, body)
     select $1, head.before + e.place, $3, e.type, e.body
     from head, unnest($4::text[], $5::text[]) with ordinality as e (type, body, place)`,
    [groupId, events.length, time, events.map(({ type }) => type), events.map(({ body }) => JSON.stringify(body))],
  );
}

interface EventRow {
  readonly life: number;
  readonly newest: number;
  readonly is_lost: boolean;
  readonly sequence: number | null;
  readonly time: string;
  readonly type: GroupEventType;
  readonly body: string;
}

/** One statement, so that what is swept or written meanwhile is either seen whole or not at all. */
const selectPage = `select g.id as life, g.last_event as newest, p.is_lost, e.sequence, e.time, e.type, e.body
  from groups g
  cross join lateral (select coalesce(min(sequence), g.last_event + 1) as oldest from events where group_id = g.id) o
  cross join lateral (select $2::bigint is not null
    and ($2 <> g.id or $3::bigint < o.oldest - 1 or $3 > g.last_event) as is_lost) p
  left join lateral (
    select * from events where group_id = g.id and sequence > (case when p.is_lost then 0 else coalesce($3, 0) end)
      and ($4::timestamptz is null or time >= $4) order by sequence limit $5) e on true
  where g.key = $1 order by e.sequence`;

async function list(
  database: Database,
  group: GroupKey,
  { after, since, limit }: EventRequest,
): Promise<EventPage | null> {
  const values = [group, after?.life ?? null, after?.sequence ?? null, since, limit];
  const { rows } = await database.query<EventRow>(selectPage, values);
  const [first] = rows;
  if (first === undefined) return null;
  const { life } = first;
  return {
    newest: { life, sequence: first.newest },
    isLost: first.is_lost,
    events: rows.flatMap(({ sequence, time, type, body }) =>
      // written by `appendEvents` from the same type
      sequence === null ? [] : [{ position: { life, sequence }, time, type, body: JSON.parse(body) as JsonObject }],
    ),
  };
}

export const deleteOldEvents = `delete from events e using groups g
  where g.id = e.group_id and e.sequence <= g.last_event - ${keptEvents}`;
