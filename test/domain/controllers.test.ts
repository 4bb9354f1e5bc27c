import { describe, expect, it } from 'vitest';
import { type ControllerRegistration, defaultLimits, mostControllers, orderControllers } from '#domain/controllers.ts';

const registered = (
  name: string,
  rest: Partial<ControllerRegistration> = {},
): readonly [string, ControllerRegistration] => [
  name,
  { name, type: 'action', priority: 5, host: '', taskQueue: `queue-${name}`, limits: defaultLimits, ...rest },
];

interface Given {
  readonly intents: readonly (readonly [string, string])[];
  readonly registrations?: readonly (readonly [string, ControllerRegistration])[];
}

const order = ({ intents, registrations = [] }: Given) =>
  orderControllers({
    named: intents.map(([controller, intent]) => ({ controller, intent })),
    registrations: new Map(registrations),
    builtIn: 'gac',
    builtInIntents: new Set(['differences']),
  });

const names = (given: Given): readonly string[] => {
  const ordered = order(given);
  return ordered.ok
    ? ordered.value.calls.map(({ activity, controller, intent }) => `${activity} ${controller} ${intent}`.trim())
    : ordered.problems.map(({ object, found }) => `${object}: ${found}`);
};

describe('orderControllers', () => {
  it('calls nobody for a group without controllers of its own', () => {
    const ordered = order({ intents: [['gac', 'differences']] });
    expect(ordered).toEqual({ ok: true, value: { calls: [], builtInIntents: ['differences'] } });
  });

  it('puts placements before actions, each by ascending priority and then by name', () => {
    const registrations = [
      registered('zeta', { priority: 2 }),
      registered('alpha', { priority: 2 }),
      registered('first', { priority: 0 }),
      registered('near', { type: 'placement', priority: 90 }),
      registered('far', { type: 'placement', priority: 9 }),
    ];
    const intents = registrations.map(([name]) => [name, 'i'] as const);
    expect(names({ intents, registrations })).toEqual([
      'place far i',
      'place near i',
      'customise first i',
      'customise alpha i',
      'customise zeta i',
    ]);
  });

  it('gives the built-in controller its registered priority, or 1', () => {
    const own = [registered('early', { priority: 0 }), registered('late', { priority: 2 })];
    const intents = [
      ['late', 'i'],
      ['gac', 'differences'],
      ['early', 'i'],
    ] as const;
    expect(names({ intents, registrations: own })).toEqual(['customise early i', 'customise gac', 'customise late i']);
    const gac = registered('gac', { priority: 50, taskQueue: '', host: 'gac' });
    expect(names({ intents, registrations: [...own, gac] })).toEqual([
      'customise early i',
      'customise late i',
      'customise gac',
    ]);
  });

  it('takes a registration under another name for the built-in one when its intent is one of its own', () => {
    const registrations = [registered('my-gac', { taskQueue: '', host: '10.0.0.1' })];
    const ordered = order({ intents: [['my-gac', 'differences']], registrations });
    expect(ordered).toMatchObject({ ok: true, value: { calls: [], builtInIntents: ['differences'] } });
  });

  it('refuses a controller with host and port only, and one that nobody registered, and says what to do', () => {
    const registrations = [registered('dtc', { taskQueue: '', host: 'dtc.emco' })];
    const ordered = order({
      intents: [
        ['dtc', 'traffic'],
        ['ghost', 'x'],
      ],
      registrations,
    });
    expect(ordered).toMatchObject({
      ok: false,
      code: 'reference-not-found',
      problems: [
        {
          object: expect.stringContaining('controller dtc'),
          expected: expect.stringContaining('spec.taskQueue'),
          found: 'host dtc.emco only, and no controller of this name is built in',
        },
        { object: expect.stringContaining('controller ghost'), found: 'none' },
      ],
    });
  });

  it('passes over registrations of a type that EMCO never calls', () => {
    const registrations = [registered('rsync', { type: '', taskQueue: '', host: 'rsync' })];
    expect(names({ intents: [['rsync', 'x']], registrations })).toEqual([]);
  });

  it('calls a controller once for each of its intents, and refuses more calls than Temporal shall carry', () => {
    const registrations = [registered('own')];
    const twice = [
      ['own', 'a'],
      ['own', 'b'],
      ['own', 'a'],
    ] as const;
    expect(names({ intents: twice, registrations })).toEqual(['customise own a', 'customise own b']);
    const many = Array.from({ length: mostControllers + 1 }, (_, at) => ['own', `i${at}`] as const);
    expect(names({ intents: many, registrations })).toEqual(["the group's intents: 13"]);
  });
});
