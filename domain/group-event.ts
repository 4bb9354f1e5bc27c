/** What happens to a group, in the order in which it became true. */
import type { JsonObject } from './json.ts';

/**
 * approved; requested, refused, accepted, step and ended speak of an operation; planned of a frozen plan; targets of how
 * many stand where; failed and drift of single targets, at most twenty of them.
 */
export const groupEventTypes = [
  'approved',
  'requested',
  'refused',
  'accepted',
  'step',
  'ended',
  'planned',
  'targets',
  'failed',
  'drift',
] as const;

export type GroupEventType = (typeof groupEventTypes)[number];

export interface NewGroupEvent {
  readonly type: GroupEventType;
  readonly body: JsonObject;
}

/** A group that is deleted and made again begins a new life with a number of its own. */
export interface EventPosition {
  readonly life: number;
  /** From 1, without gaps. */
  readonly sequence: number;
}

export interface GroupEvent extends NewGroupEvent {
  readonly position: EventPosition;
  /** RFC 3339. */
  readonly time: string;
}

/** `12.345`: what a client gives back to go on from there. */
export const toEventId = ({ life, sequence }: EventPosition): string => `${life}.${sequence}`;

export function parseEventId(text: string): EventPosition | null {
  const [, life, sequence] = /^(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  return life === undefined || sequence === undefined ? null : { life: Number(life), sequence: Number(sequence) };
}
