/** The one transition table of a deployment intent group, in EMCO's state names. */
import type { OperationKind } from './operation.ts';

export const groupStates = [
  'Created',
  'Approved',
  'Instantiated',
  'InstantiateStopped',
  'Updated',
  'Terminated',
  'TerminateStopped',
] as const;

export type GroupState = (typeof groupStates)[number];

export type GroupAction = 'approve' | 'delete' | OperationKind;

/**
 * States from which each action is allowed. `Updated` is the state of a group that was migrated away, as in EMCO. A stopped
 * group goes on with `resume` (what was stopped) or with any operation that says anew what shall run.
 */
const allowedFrom: Readonly<Record<GroupAction, readonly GroupState[]>> = {
  approve: ['Created', 'Approved', 'Terminated', 'Updated'],
  instantiate: ['Approved', 'InstantiateStopped', 'Terminated', 'TerminateStopped'],
  update: ['Instantiated', 'InstantiateStopped'],
  rollback: ['Instantiated', 'InstantiateStopped'],
  migrate: ['Instantiated', 'InstantiateStopped'],
  terminate: ['Instantiated', 'InstantiateStopped', 'TerminateStopped'],
  stop: ['Instantiated', 'Terminated'],
  pause: ['Instantiated', 'Terminated'],
  resume: ['Instantiated', 'InstantiateStopped', 'Terminated', 'TerminateStopped'],
  delete: ['Created', 'Approved', 'Updated', 'Terminated', 'TerminateStopped'],
};

export const isAllowed = (state: GroupState, action: GroupAction): boolean => allowedFrom[action].includes(state);

export const toAllowedActions = (state: GroupState): readonly GroupAction[] =>
  (Object.keys(allowedFrom) as GroupAction[]).filter((action) => isAllowed(state, action));

/** One entry of EMCO's `states.actions`. */
export interface StateAction {
  readonly state: GroupState;
  readonly instance: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly time: string;
  readonly revision: number;
}

/**
 * The actions that an accepted operation appends; the last one is the group's new state. Those of a migration are written
 * when it hands over: until then nothing has changed.
 */
export function toStateActions(
  kind: GroupAction,
  before: StateAction,
  made: { readonly instance: string; readonly revision: number; readonly time: string },
): readonly StateAction[] {
  const { time, instance, revision } = made;
  switch (kind) {
    case 'approve':
      return before.state === 'Approved' ? [] : [{ state: 'Approved', instance: '', time, revision: 0 }];
    case 'instantiate':
      return [{ state: 'Instantiated', instance, time, revision }];
    case 'update':
    case 'rollback':
      return [
        { state: 'Updated', instance: before.instance, time, revision: before.revision },
        { state: 'Instantiated', instance, time, revision },
      ];
    case 'migrate':
      return [{ state: 'Updated', instance: before.instance, time, revision: before.revision }];
    case 'terminate':
      return [{ state: 'Terminated', instance: before.instance, time, revision: 0 }];
    case 'stop':
      return [
        {
          state: before.state === 'Terminated' ? 'TerminateStopped' : 'InstantiateStopped',
          instance: before.instance,
          time,
          revision: 0,
        },
      ];
    case 'pause':
    case 'resume':
    case 'delete':
      return [];
  }
}
