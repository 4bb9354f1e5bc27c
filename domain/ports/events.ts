/** The events of groups. The store writes most of them by itself, in the transaction of what they tell. */
import type { EventPosition, GroupEvent, NewGroupEvent } from '#domain/group-event.ts';
import type { GroupKey } from '#domain/group.ts';

export interface EventRequest {
  /** Null: from the oldest that is kept. */
  readonly after: EventPosition | null;
  /** RFC 3339; null: whenever it was. */
  readonly since: string | null;
  readonly limit: number;
}

export interface EventPage {
  /** Oldest first. */
  readonly events: readonly GroupEvent[];
  /** Where the group stands. */
  readonly newest: EventPosition;
  /** What came after the position is not kept any more, or the position is none of this group: all that is kept follows. */
  readonly isLost: boolean;
}

export interface Events {
  append(group: GroupKey, event: NewGroupEvent): Promise<void>;
  /** Null for a group that is not there. */
  list(group: GroupKey, request: EventRequest): Promise<EventPage | null>;
  /** Where groups stand: one cheap look for any number of listeners. Groups that are gone are left out. */
  newest(groups: readonly GroupKey[]): Promise<ReadonlyMap<GroupKey, EventPosition>>;
}
