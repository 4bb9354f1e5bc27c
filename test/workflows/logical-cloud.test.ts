import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCloudKey } from '#domain/group.ts';
import { signals, taskQueues, workflowTypes } from '#workflows/messages.ts';
import { eventually } from '#test/support/eventually.ts';
import { makeFakeSteps } from '#test/support/fake-steps.ts';
import { startTemporalEnv, type TemporalEnv } from '#test/support/temporal-env.ts';

let env: TemporalEnv;
beforeAll(async () => {
  env = await startTemporalEnv();
});
afterAll(() => env.stop());

describe('the workflow of a logical cloud', () => {
  it('plans the cloud’s own objects, and updates and takes down as a group does', async () => {
    const steps = makeFakeSteps();
    await env.withWorkers(steps, async () => {
      const handle = await env.client.workflow.start(workflowTypes.cloud, {
        workflowId: 'lc:p:shop',
        taskQueue: taskQueues.emco,
        args: [{ group: toCloudKey('p', 'shop') }],
      });
      for (const kind of ['instantiate', 'update', 'terminate']) {
        await handle.executeUpdate(kind, { args: [{ operationId: kind }] });
        await eventually(() => expect(steps.ends.at(-1)).toMatchObject({ operationId: kind, state: 'done' }));
      }
      expect(steps.calls).toEqual([
        'accept instantiate instantiate',
        'planCloud',
        'end instantiate done',
        'accept update update',
        'planCloud',
        'end update done',
        'accept terminate terminate',
        'planRemoval',
        'end terminate done',
      ]);
      await eventually(async () => {
        const { type, searchAttributes } = await handle.describe();
        expect(type).toBe('logicalCloud');
        expect(searchAttributes).toMatchObject({ EmcoGroup: ['shop'], EmcoState: ['Terminated'] });
      });
      await handle.signal(signals.deleted);
      await handle.result();
    });
  });
});
