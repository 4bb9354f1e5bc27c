import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GroupAction,
  type GroupState,
  groupStates,
  isAllowed,
  type StateAction,
  toAllowedActions,
  toStateActions,
} from '#domain/lifecycle.ts';
import { operationKinds } from '#domain/operation.ts';

const actions: readonly GroupAction[] = ['approve', 'delete', ...operationKinds];
const made = { instance: '2', revision: 2, time: '2026-01-01T00:00:00.000Z' };

const before = (state: GroupState): StateAction => ({
  state,
  instance: '1',
  time: '2025-01-01T00:00:00.000Z',
  revision: 1,
});

const after = (kind: GroupAction, state: GroupState): readonly string[] =>
  toStateActions(kind, before(state), made).map((a) => `${a.state} ${a.instance || '-'} ${a.revision}`);

describe('the transition table', () => {
  it.each<[GroupState, readonly GroupAction[]]>([
    ['Created', ['approve', 'delete']],
    ['Approved', ['approve', 'instantiate', 'delete']],
    ['Instantiated', ['update', 'rollback', 'migrate', 'terminate', 'stop', 'pause', 'resume']],
    ['InstantiateStopped', ['instantiate', 'update', 'rollback', 'migrate', 'terminate', 'resume']],
    ['Updated', ['approve', 'delete']],
    ['Terminated', ['approve', 'instantiate', 'stop', 'pause', 'resume', 'delete']],
    ['TerminateStopped', ['instantiate', 'terminate', 'resume', 'delete']],
  ])('allows from %s: %j', (state, allowed) => {
    expect([...toAllowedActions(state)].toSorted()).toEqual([...allowed].toSorted());
  });

  it('says of each action what its list says', () => {
    for (const state of groupStates) {
      for (const action of actions) expect(isAllowed(state, action)).toBe(toAllowedActions(state).includes(action));
    }
  });

  it('leaves no state without a way on', () => {
    for (const state of groupStates) expect(toAllowedActions(state)).not.toEqual([]);
  });
});

describe('the actions that an operation writes', () => {
  it.each<[GroupAction, GroupState, readonly string[]]>([
    ['approve', 'Created', ['Approved - 0']],
    ['approve', 'Approved', []],
    ['instantiate', 'Approved', ['Instantiated 2 2']],
    ['update', 'Instantiated', ['Updated 1 1', 'Instantiated 2 2']],
    ['rollback', 'Instantiated', ['Updated 1 1', 'Instantiated 2 2']],
    ['migrate', 'Instantiated', ['Updated 1 1']],
    ['terminate', 'Instantiated', ['Terminated 1 0']],
    ['stop', 'Instantiated', ['InstantiateStopped 1 0']],
    ['stop', 'Terminated', ['TerminateStopped 1 0']],
    ['pause', 'Instantiated', []],
    ['resume', 'Instantiated', []],
    ['delete', 'Terminated', []],
  ])('%s from %s are %j', (kind, state, expected) => expect(after(kind, state)).toEqual(expected));

  it('carry the time of the operation', () => {
    const times = toStateActions('update', before('Instantiated'), made).map((action) => action.time);
    expect(times).toEqual([made.time, made.time]);
  });

  it('lead, in any order that the table allows, only to states of the table', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...actions), { maxLength: 30 }), (walk) => {
        let last = before('Created');
        for (const action of walk) {
          if (!isAllowed(last.state, action)) continue;
          if (action === 'delete') return;
          last = toStateActions(action, last, made).at(-1) ?? last;
          expect(groupStates).toContain(last.state);
        }
      }),
    );
  });

  it('never instantiate a group that nobody approved', () => {
    for (const state of ['Created', 'Updated'] as const) expect(isAllowed(state, 'instantiate')).toBe(false);
  });
});
