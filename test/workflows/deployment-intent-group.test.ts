import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { toGroupKey } from '#domain/group.ts';
import { type GroupWorkflowStatus, queries, signals, taskQueues, workflowTypes } from '#workflows/messages.ts';
import { eventually } from '#test/support/eventually.ts';
import { doneVerdict, type FakeSteps, makeFakeSteps } from '#test/support/fake-steps.ts';
import { startTemporalEnv, type TemporalEnv } from '#test/support/temporal-env.ts';

let env: TemporalEnv;
let serial = 0;

beforeAll(async () => {
  env = await startTemporalEnv();
});
afterAll(() => env.stop());

const group = toGroupKey({ project: 'p', compositeApp: 'ca', version: 'v1', group: 'g' });

async function startGroup(): Promise<WorkflowHandle> {
  serial += 1;
  const options = { workflowId: `dig:test:${serial}`, taskQueue: taskQueues.emco, args: [{ group }] };
  return env.client.workflow.start(workflowTypes.group, options);
}

const status = (handle: WorkflowHandle): Promise<GroupWorkflowStatus> => handle.query(queries.status);

async function finish(handle: WorkflowHandle): Promise<void> {
  await handle.signal(signals.deleted);
  await handle.result();
}

describe('the workflow of a deployment intent group', () => {
  it('plans in the order of the one-way flow and ends the operation as done', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      const answer = await handle.executeUpdate('instantiate', { args: [{ operationId: 'op-1' }] });
      expect(answer).toEqual({ operationId: 'op-1', revision: 1 });
      await eventually(() =>
        expect(steps.ends).toEqual([{ operationId: 'op-1', state: 'done', message: '1 targets: 1 ready' }]),
      );
      expect(steps.calls).toEqual([
        'accept instantiate op-1',
        'readIntents',
        'placeApps',
        'renderCharts',
        'customiseManifests',
        'freezePlan',
        'end op-1 done',
      ]);
      await finish(handle);
    });
  });

  it('runs on after malformed, unknown and repeated signals, and says in its status what it refused', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.signal('rollback', { revision: 'first' });
      await handle.signal('rollback', 7);
      await handle.signal('explode', { now: true });
      await handle.signal('instantiate', { operationId: 'once' });
      await handle.signal('instantiate', { operationId: 'once' });
      await handle.signal('rollback', { operationId: 'back', revision: 1 });
      await eventually(() => expect(steps.ends.map((end) => end.operationId)).toContain('back'));
      expect(steps.calls.filter((call) => call.startsWith('accept instantiate'))).toHaveLength(1);
      expect(steps.calls.filter((call) => call.startsWith('refusal'))).toEqual([
        'refusal rollback',
        'refusal rollback',
        'refusal explode',
      ]);
      expect((await status(handle)).refused).toEqual([
        'request rollback: expected revision, a whole number from 1, found "first"',
        'request rollback: expected a JSON object or nothing, found 7',
        expect.stringContaining('signal explode: expected one of instantiate'),
      ]);
      await finish(handle);
    });
  });

  it('refuses a malformed Update with the code of the failure and without a trace in the queue', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      const refused = handle.executeUpdate('rollback', { args: [{ revision: 0 }] });
      await expect(refused).rejects.toMatchObject({ cause: { type: 'document-invalid' } });
      expect((await status(handle)).queued).toEqual([]);
      await finish(handle);
    });
  });

  it('acts once on an operation id that comes twice, as Update and as signal', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      const first = await handle.executeUpdate('instantiate', { args: [{ operationId: 'same' }], updateId: 'u1' });
      const again = await handle.executeUpdate('instantiate', { args: [{ operationId: 'same' }], updateId: 'u2' });
      await handle.signal('instantiate', { operationId: 'same' });
      expect(again).toEqual(first);
      await eventually(() => expect(steps.ends).toHaveLength(1));
      await finish(handle);
      expect(steps.calls.filter((call) => call.startsWith('accept'))).toHaveLength(1);
    });
  });

  it('lets a newer operation take the place of a running one, after the effects of the old one have ended', async () => {
    const order: string[] = [];
    const steps: FakeSteps = makeFakeSteps({
      renderCharts: async () => {
        order.push('render begins');
        await Context.current().cancelled.catch(() => undefined);
        order.push('render has ended');
        throw Context.current().cancellationSignal.reason;
      },
      planRemoval: async () => {
        order.push('removal begins');
        return { targets: 1 };
      },
    });
    await env.withWorkers(withHeartbeats(steps), async () => {
      const handle = await startGroup();
      await handle.executeUpdate('instantiate', { args: [{ operationId: 'slow' }] });
      await eventually(() => expect(order).toEqual(['render begins']));
      await handle.executeUpdate('terminate', { args: [{ operationId: 'away' }] });
      await eventually(() =>
        expect(steps.ends.map((e) => `${e.operationId} ${e.state}`)).toEqual(['slow superseded', 'away done']),
      );
      expect(order).toEqual(['render begins', 'render has ended', 'removal begins']);
      await finish(handle);
    });
  });

  it('takes a cancellation from the Temporal UI as stop and lives on', async () => {
    let looks = 0;
    const steps = makeFakeSteps({
      judgeProgress: async ({ advance }) => {
        looks += 1;
        return { ...doneVerdict, done: !advance };
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.executeUpdate('instantiate', { args: [{ operationId: 'op' }] });
      await eventually(() => expect(looks).toBeGreaterThan(0));
      await handle.cancel();
      await eventually(() => expect(steps.ends.map((end) => end.state)).toEqual(['superseded', 'done']));
      expect(await status(handle)).toMatchObject({ stopped: true });
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await finish(handle);
    });
  });

  it('reports a step that can never succeed as a failed operation with the message of the step, and serves the next one', async () => {
    const steps = makeFakeSteps({
      placeApps: async () => {
        throw ApplicationFailure.nonRetryable('app web: expected a cluster, found none', 'placement-impossible');
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.executeUpdate('instantiate', { args: [{ operationId: 'bad' }] });
      await eventually(() =>
        expect(steps.ends).toEqual([
          { operationId: 'bad', state: 'failed', message: 'app web: expected a cluster, found none' },
        ]),
      );
      await handle.executeUpdate('terminate', { args: [{ operationId: 'next' }] });
      await eventually(() => expect(steps.ends.at(-1)).toMatchObject({ operationId: 'next', state: 'done' }));
      await finish(handle);
    });
  });

  it('lives on when a look at what was observed can never succeed, and serves the next operation', async () => {
    let looks = 0;
    const steps = makeFakeSteps({
      judgeProgress: async () => {
        looks += 1;
        if (looks === 2)
          throw ApplicationFailure.nonRetryable('cluster edge+c1: expected url, found none', 'document-invalid');
        return doneVerdict;
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.executeUpdate('instantiate', { args: [{ operationId: 'op' }] });
      await eventually(() => expect(steps.ends).toHaveLength(1));
      await handle.signal(signals.observed, { sequence: 1 });
      await eventually(async () =>
        expect(await status(handle)).toMatchObject({
          step: 'waiting after a failed step',
          summary: 'cluster edge+c1: expected url, found none',
        }),
      );
      await handle.executeUpdate('terminate', { args: [{ operationId: 'next' }] });
      await eventually(() => expect(steps.ends.at(-1)).toMatchObject({ operationId: 'next', state: 'done' }));
      await finish(handle);
    });
  });

  it('plans a migration with the documents of the target, hands over, and has no plan any more', async () => {
    const read: string[] = [];
    const steps: FakeSteps = makeFakeSteps({
      readIntents: async ({ group: own, documentsOf }) => {
        read.push(`${own} ${documentsOf}`);
        return { inputs: 'in'.padEnd(64, '0') as never, apps: 1, clusters: 1, lookUpApps: 0 };
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      const args = [{ operationId: 'move', spec: { targetCompositeAppVersion: 'v2', targetDigName: 'h' } }];
      await handle.signal('migrate', ...args);
      const target = toGroupKey({ project: 'p', compositeApp: 'ca', version: 'v2', group: 'h' });
      await eventually(() => expect(steps.calls.at(-1)).toBe('end move done'));
      expect(read).toEqual([`${group} ${target}`]);
      expect(steps.calls).toContain(`handOver ${target}`);
      expect(steps.calls).not.toContain('freezePlan');
      expect(await handle.query(queries.plan)).toBeNull();
      await finish(handle);
    });
  });

  it('goes on with what was handed over to it without planning', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.signal('migrate', { operationId: 'move', targetVersion: 'v1', targetGroup: 'g' });
      await eventually(() => expect(steps.calls).toEqual(['accept migrate move', 'takeOver', 'end move done']));
      await finish(handle);
    });
  });

  it('goes on after a terminate that ended a pause', async () => {
    const steps = makeFakeSteps({
      judgeProgress: async ({ advance }) => ({ ...doneVerdict, done: advance, lookAgainMs: 60_000 }),
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.signal('pause', { operationId: 'hold' });
      await eventually(() => expect(steps.calls).toContain('end hold done'));
      await handle.signal('terminate', { operationId: 'away' });
      await eventually(() => expect(steps.calls).toContain('end away done'));
      await finish(handle);
    });
  });

  it('pauses between steps without ending the running operation, and goes on when resumed', async () => {
    const advances: boolean[] = [];
    const steps = makeFakeSteps({
      judgeProgress: async ({ advance }) => {
        advances.push(advance);
        const resumed = advances.includes(false) && advance;
        return { ...doneVerdict, done: resumed, lookAgainMs: 60_000 };
      },
    });
    await env.withWorkers(steps, async () => {
      const handle = await startGroup();
      await handle.executeUpdate('instantiate', { args: [{ operationId: 'op' }] });
      await eventually(() => expect(advances).toEqual([true]));
      await handle.signal('pause');
      await eventually(() => expect(advances).toEqual([true, false]));
      await handle.signal('resume');
      await eventually(() => expect(steps.calls).toContain('end op done'));
      expect(steps.calls.filter((c) => c === 'paused' || c === 'resumed')).toEqual(['paused', 'resumed']);
      await finish(handle);
    });
  });
});

/** Cancellation reaches an activity with its heartbeat. */
function withHeartbeats(steps: FakeSteps): FakeSteps {
  const renderCharts: FakeSteps['renderCharts'] = async (input) => {
    const { heartbeat } = Context.current();
    const beat = setInterval(() => heartbeat(), 100);
    try {
      return await steps.renderCharts(input);
    } finally {
      clearInterval(beat);
    }
  };
  return { ...steps, renderCharts };
}
