import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const group = toGroupKey({ project: 'p', compositeApp: 'ca', version: 'v1', group: 'look-ups' });

function startGroup(): Promise<WorkflowHandle> {
  serial += 1;
  const options = { workflowId: `dig:look-ups:${serial}`, taskQueue: taskQueues.emco, args: [{ group }] };
  return env.client.workflow.start(workflowTypes.group, options);
}

async function finish(handle: WorkflowHandle): Promise<void> {
  await handle.signal(signals.deleted);
  await handle.result();
}

describe('the workflow of a deployment intent group', () => {
  it('resolves look-ups between placing and rendering, only where an app has some', async () => {
    const handed: unknown[] = [];
    const steps: FakeSteps = makeFakeSteps({
      readIntents: async () => ({ inputs: 'in'.padEnd(64, '0') as never, apps: 1, clusters: 1, lookUpApps: 1 }),
      customiseManifests: async ({ lookUps }) => {
        handed.push(lookUps);
        return { bundles: 'bu'.padEnd(64, '0') as never, count: 1 };
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.signal('instantiate', { operationId: 'op-look-ups' });
      await eventually(() => expect(steps.ends).toHaveLength(1));
      expect(steps.calls.slice(1)).toEqual([
        'placeApps',
        'resolveLookUps',
        'renderCharts',
        'freezePlan',
        'end op-look-ups done',
      ]);
      expect(handed).toEqual([{ digest: 'lu'.padEnd(64, '0'), urls: 1 }]);
      await finish(handle);
    });
  });

  it('fails the operation when look-ups fail again and again, with what the other side said', async () => {
    const steps: FakeSteps = makeFakeSteps({
      readIntents: async () => ({ inputs: 'in'.padEnd(64, '0') as never, apps: 1, clusters: 1, lookUpApps: 1 }),
      resolveLookUps: async () => {
        throw ApplicationFailure.create({ message: 'look-up http://x/: found 404', nonRetryable: true });
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.signal('instantiate', { operationId: 'op-404' });
      await eventually(() =>
        expect(steps.ends).toMatchObject([
          { operationId: 'op-404', state: 'failed', message: expect.stringContaining('look-up http://x/: found 404') },
        ]),
      );
      await finish(handle);
    });
  });
});
