/** The shapes of a group's life whose histories are kept: each is a script against a running workflow with fake steps. */
import type { WorkflowHandle } from '@temporalio/client';
import { type ControllerCall, defaultLimits } from '#domain/controllers.ts';
import type { GroupSteps, Verdict } from '#domain/steps.ts';
import { doneVerdict, makeFakeSteps, type FakeSteps } from '#test/support/fake-steps.ts';
import { eventually } from '#test/support/eventually.ts';
import { signals, taskQueues } from '#workflows/messages.ts';

export interface Shape {
  readonly name: string;
  readonly steps: () => FakeSteps;
  readonly play: (handle: WorkflowHandle, steps: FakeSteps) => Promise<void>;
}

const ended = (steps: FakeSteps, count: number): Promise<void> =>
  eventually(() => {
    if (steps.ends.length < count) throw new Error(`expected ${count} ended operations, found ${steps.ends.length}`);
  });

/** Says in turn: one step through Git, waiting, done. */
function inWaves(): Partial<GroupSteps> {
  const step: Verdict = {
    ...doneVerdict,
    done: false,
    step: 'a'.repeat(64) as NonNullable<Verdict['step']>,
    gitTargets: 3,
    lookAgainMs: 100,
  };
  const waiting: Verdict = { ...doneVerdict, done: false, lookAgainMs: 100 };
  const said = [step, waiting, { ...step, wave: 1 }, waiting];
  return { judgeProgress: async () => said.shift() ?? doneVerdict };
}

/** Controllers of a user's own, served on one of the queues that the fake steps are on. */
function makeAskedSteps(): FakeSteps {
  const steps = makeFakeSteps();
  const answer = async () => ({ digest: 'd'.repeat(64) });
  const call = { intent: 'i', taskQueue: taskQueues.apply, ...defaultLimits };
  const controllers: readonly ControllerCall[] = [
    { ...call, controller: 'near', activity: 'place' },
    { ...call, controller: 'early', activity: 'customise' },
    { ...call, controller: 'built-in', activity: 'customise', taskQueue: null },
  ];
  const readIntents: GroupSteps['readIntents'] = async (input) => ({
    ...(await makeFakeSteps().readIntents(input)),
    controllers,
  });
  return Object.assign(steps, { readIntents, place: answer, customise: answer });
}

export const shapes: readonly Shape[] = [
  {
    name: 'instantiate-update-rollback-terminate',
    steps: () => makeFakeSteps(),
    play: async (handle, steps) => {
      for (const [count, kind] of ['instantiate', 'update', 'rollback', 'terminate'].entries()) {
        await handle.executeUpdate(kind, { args: [{ operationId: kind, revision: 1 }] });
        await ended(steps, count + 1);
      }
    },
  },
  {
    name: 'two-waves-through-git-and-an-observation',
    steps: () => makeFakeSteps(inWaves()),
    play: async (handle, steps) => {
      await handle.signal('instantiate', { operationId: 'waves' });
      await ended(steps, 1);
      await handle.signal(signals.observed, { sequence: 1 });
    },
  },
  {
    name: 'look-ups',
    steps: () =>
      makeFakeSteps({
        readIntents: async () => ({
          inputs: 'a'.repeat(64) as NonNullable<Verdict['step']>,
          apps: 1,
          clusters: 1,
          lookUpApps: 1,
        }),
      }),
    play: async (handle, steps) => {
      await handle.signal('instantiate', { operationId: 'look-ups' });
      await ended(steps, 1);
    },
  },
  {
    name: 'controllers-of-ones-own',
    steps: () => makeAskedSteps(),
    play: async (handle, steps) => {
      await handle.signal('instantiate', { operationId: 'asked' });
      await ended(steps, 1);
    },
  },
  {
    name: 'refused-signals',
    steps: () => makeFakeSteps(),
    play: async (handle, steps) => {
      await handle.signal('rollback', { revision: -1 });
      await handle.signal('nonsense', {});
      await handle.signal('instantiate', { operationId: 'after' });
      await ended(steps, 1);
    },
  },
  {
    name: 'migrated-away',
    steps: () => makeFakeSteps(),
    play: async (handle, steps) => {
      await handle.signal('instantiate', { operationId: 'first' });
      await ended(steps, 1);
      await handle.executeUpdate('migrate', {
        args: [{ operationId: 'away', targetVersion: 'v2', targetGroup: 'other' }],
      });
      await ended(steps, 2);
    },
  },
  {
    name: 'taken-over',
    steps: () => makeFakeSteps(inWaves()),
    play: async (handle, steps) => {
      await handle.signal('migrate', { operationId: 'move', targetVersion: 'v1', targetGroup: 'g' });
      await ended(steps, 1);
    },
  },
  {
    name: 'superseded-and-stopped',
    steps: () =>
      makeFakeSteps({
        judgeProgress: async ({ advance }) => ({ ...doneVerdict, done: !advance, lookAgainMs: 60_000 }),
      }),
    play: async (handle, steps) => {
      await handle.signal('instantiate', { operationId: 'first' });
      await eventually(() => {
        if (!steps.calls.includes('freezePlan')) throw new Error('expected a frozen plan, found none yet');
      });
      await handle.signal('update', { operationId: 'second' });
      await ended(steps, 1);
      await handle.signal('stop', { operationId: 'third' });
      await ended(steps, 3);
    },
  },
];
