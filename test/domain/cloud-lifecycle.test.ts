import { describe, expect, it } from 'vitest';
import {
  type CloudState,
  isUsingCloud,
  toCloudRefusal,
  toLevelOneState,
  toStopRefusal,
} from '#domain/cloud-lifecycle.ts';

describe('the state of a level 1 cloud', () => {
  it.each([
    [null, [], 'Created'],
    ['Approved', [], 'Created'],
    ['Instantiated', [['instantiate', 'accepted']], 'Instantiating'],
    ['Instantiated', [['update', 'done']], 'Instantiated'],
    ['Instantiated', [['update', 'failed']], 'InstantiateFailed'],
    [
      'Instantiated',
      [
        ['stop', 'done'],
        ['instantiate', 'superseded'],
      ],
      'Instantiating',
    ],
    ['InstantiateStopped', [['stop', 'done']], 'InstantiateStopped'],
    ['Terminated', [['terminate', 'requested']], 'Terminating'],
    ['Terminated', [['terminate', 'done']], 'Terminated'],
    ['Terminated', [['terminate', 'failed']], 'TerminateFailed'],
    ['TerminateStopped', [], 'TerminateStopped'],
    [
      'Instantiated',
      [
        ['update', 'refused'],
        ['instantiate', 'done'],
      ],
      'Instantiated',
    ],
  ] as const)('with record %s and operations %j is %s', (record, operations, expected) => {
    expect(
      toLevelOneState(
        record,
        operations.map(([kind, state]) => ({ kind, state })),
      ),
    ).toBe(expected);
  });
});

describe('what the state of a cloud allows', () => {
  const states: readonly CloudState[] = [
    'Created',
    'Instantiating',
    'Instantiated',
    'InstantiateFailed',
    'InstantiateStopped',
    'Updated',
    'Terminating',
    'Terminated',
    'TerminateFailed',
    'TerminateStopped',
  ];
  const allowing = (action: Parameters<typeof toCloudRefusal>[0]) =>
    states.filter((state) => toCloudRefusal(action, state) === null);

  it('is one table', () => {
    expect({
      instantiate: allowing('instantiate'),
      terminate: allowing('terminate'),
      delete: allowing('delete'),
      use: allowing('use'),
      add: allowing('add reference'),
    }).toEqual({
      instantiate: ['Created', 'Terminated', 'TerminateStopped'],
      terminate: [
        'Instantiating',
        'Instantiated',
        'InstantiateFailed',
        'InstantiateStopped',
        'Updated',
        'TerminateStopped',
      ],
      delete: ['Created', 'Terminated', 'TerminateFailed'],
      use: ['Instantiating', 'Instantiated', 'Updated'],
      add: ['Created', 'Instantiated', 'Updated', 'Terminated'],
    });
  });

  it('is refused in EMCO’s words', () => {
    expect(toCloudRefusal('instantiate', 'Instantiated')).toBe('The Logical Cloud is already instantiated');
    expect(toCloudRefusal('remove reference', 'Terminating')).toBe(
      "Can't remove Cluster Reference: the Logical Cloud is being terminated",
    );
  });

  it('lets something under way be stopped, and nothing else', () => {
    expect(states.filter((state) => toStopRefusal(state, 'lc') === null)).toEqual(['Instantiating', 'Terminating']);
    expect(toStopRefusal('Created', 'lc')).toEqual({
      status: 409,
      text: 'LogicalCloud has not been asked to instantiate: lc',
    });
  });
});

describe('a group uses its cloud', () => {
  it('while something of it may stand or an operation of it is under way', () => {
    expect(isUsingCloud([], [{ state: 'done' }])).toBe(false);
    expect(isUsingCloud([{ phase: 'Removed' }], [])).toBe(false);
    expect(isUsingCloud([{ phase: 'Removing' }], [])).toBe(true);
    expect(isUsingCloud([], [{ state: 'requested' }])).toBe(true);
  });
});
