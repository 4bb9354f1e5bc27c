import { ApplicationFailure } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControllerCall, defaultLimits } from '#domain/controllers.ts';
import type { ControllerInput } from '#domain/exchange.ts';
import { toGroupKey } from '#domain/group.ts';
import { signals, taskQueues, workflowTypes } from '#workflows/messages.ts';
import { eventually } from '#test/support/eventually.ts';
import { type FakeSteps, makeFakeSteps } from '#test/support/fake-steps.ts';
import { startTemporalEnv, type TemporalEnv } from '#test/support/temporal-env.ts';

let env: TemporalEnv;
let serial = 0;

beforeAll(async () => {
  env = await startTemporalEnv();
});
afterAll(() => env.stop());

const group = toGroupKey({ project: 'p', compositeApp: 'ca', version: 'v1', group: 'g' });
const digest = 'd'.repeat(64);

const own = (name: string, rest: Partial<ControllerCall> = {}): ControllerCall => ({
  controller: name,
  intent: 'i',
  activity: 'customise',
  taskQueue: `queue-${name}`,
  ...defaultLimits,
  ...rest,
});
const builtIn = own('built-in', { taskQueue: null });

const withCalls = (calls: readonly ControllerCall[]): FakeSteps => {
  const steps = makeFakeSteps();
  const readIntents: FakeSteps['readIntents'] = async (context) => ({
    ...(await steps.readIntents(context)),
    controllers: calls,
  });
  return { ...steps, readIntents };
};

async function startGroup(): Promise<WorkflowHandle> {
  serial += 1;
  const options = { workflowId: `dig:controllers:${serial}`, taskQueue: taskQueues.emco, args: [{ group }] };
  return env.client.workflow.start(workflowTypes.group, options);
}

async function finish(handle: WorkflowHandle): Promise<void> {
  await handle.signal(signals.deleted);
  await handle.result();
}

/** A user's worker. */
async function withController<T>(queue: string, activities: object, during: () => Promise<T>): Promise<T> {
  const connection = await NativeConnection.connect({ address: env.address });
  const { namespace } = env;
  const worker = await Worker.create({ connection, namespace, taskQueue: queue, activities });
  try {
    return await worker.runUntil(during());
  } finally {
    await connection.close();
  }
}

async function instantiate(steps: FakeSteps): Promise<{ state: string; message: string } | undefined> {
  return env.withWorkers(steps, async () => {
    const handle = await startGroup();
    await handle.executeUpdate('instantiate', { args: [{ operationId: 'op' }] });
    await eventually(() => expect(steps.ends).toHaveLength(1));
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await finish(handle);
    return steps.ends[0];
  });
}

describe('a group with controllers of its own', () => {
  it('asks each in its turn, with the built-in one among them, and names the exchanges in the plan', async () => {
    const steps = withCalls([own('near', { activity: 'place' }), own('early'), builtIn, own('late')]);
    const frozen: unknown[] = [];
    const freezePlan: FakeSteps['freezePlan'] = async (input) => {
      frozen.push(input.exchanges);
      return steps.freezePlan(input);
    };
    const asked: string[] = [];
    const answer = async ({ controller, apiVersion }: ControllerInput) => {
      asked.push(`${controller} ${apiVersion}`);
      return { digest };
    };
    const end = await withController('queue-near', { place: answer }, () =>
      withController('queue-early', { customise: answer }, () =>
        withController('queue-late', { customise: answer }, () => instantiate({ ...steps, freezePlan })),
      ),
    );
    expect(end).toMatchObject({ state: 'done' });
    expect(asked).toEqual(['near', 'early', 'late'].map((name) => `${name} controllers.emco/v1`));
    expect(steps.calls).toEqual([
      'accept instantiate op',
      'readIntents',
      'findCandidates',
      'offerExchange near',
      'takeResult near dddd',
      'placeApps',
      'renderCharts',
      'gatherManifests',
      'offerExchange early',
      'takeResult early dddd',
      'changeByIntents',
      'offerExchange late',
      'takeResult late dddd',
      'bundleManifests',
      'freezePlan',
      'end op done',
    ]);
    expect(frozen).toEqual([['exchange-near', 'exchange-early', 'exchange-late']]);
  });

  it('fails the operation when nobody listens, and says who, where and how long; the group runs on', async () => {
    const end = await instantiate(withCalls([own('absent', { startWithinSeconds: 1 })]));
    expect(end).toEqual({
      operationId: 'op',
      state: 'failed',
      message:
        'controller absent on Temporal task queue queue-absent: expected a worker of namespace emco that takes activity customise within 1 s, found nobody listening',
    });
  });

  it('asks again after a failure that may pass, and not after one that will not', async () => {
    let attempts = 0;
    const sometimes = async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('the inventory did not answer');
      return { digest };
    };
    const flaky = withCalls([own('flaky', { attempts: 3 })]);
    expect(await withController('queue-flaky', { customise: sometimes }, () => instantiate(flaky))).toMatchObject({
      state: 'done',
    });
    const never = async () => {
      attempts += 1;
      throw ApplicationFailure.nonRetryable('no intent of this name');
    };
    attempts = 0;
    const strict = withCalls([own('strict')]);
    expect(await withController('queue-strict', { customise: never }, () => instantiate(strict))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('controller strict on Temporal task queue queue-strict: expected a result of'),
    });
    expect(attempts).toBe(1);
  });

  it('refuses an answer that is no digest', async () => {
    const answering = withCalls([own('wordy', { activity: 'place' })]);
    const place = async () => ({ clusters: ['edge+c1'] });
    expect(await withController('queue-wordy', { place }, () => instantiate(answering))).toMatchObject({
      state: 'failed',
      message:
        'controller wordy on Temporal task queue queue-wordy: activity place: expected {"digest": …}, the answer to the PUT of its result, found no digest',
    });
  });
});
