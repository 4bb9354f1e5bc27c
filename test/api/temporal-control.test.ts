import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporalControl } from '#api/temporal-control.ts';
import type { GroupRef } from '#domain/group.ts';
import { makeFakeSteps } from '#test/support/fake-steps.ts';
import { startTemporalEnv, type TemporalEnv } from '#test/support/temporal-env.ts';

let temporal: TemporalEnv;

beforeAll(async () => {
  temporal = await startTemporalEnv();
});
afterAll(async () => {
  await temporal?.stop();
});

const ref = (group: string): GroupRef => ({ project: 'p', compositeApp: 'ca', version: 'v1', group });

describe("the groups' engine on Temporal", () => {
  it('starts the workflow with the first request, queues each once, and ends it when the group is deleted', async () => {
    const control = makeTemporalControl({ client: temporal.client });
    const steps = makeFakeSteps();
    await temporal.withWorkers(steps, async () => {
      const group = ref('once');
      const request = { kind: 'instantiate', payload: { operationId: 'op-1', recordedRevision: 7 } } as const;
      const first = await control.submit(group, request);
      const again = await control.submit(group, request);
      expect([first, again]).toEqual([
        { operationId: 'op-1', revision: 7 },
        { operationId: 'op-1', revision: 7 },
      ]);
      await control.started(group);
      const handle = temporal.client.workflow.getHandle('dig:p:ca:v1:once');
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await control.deleted(group);
      await handle.result();
      expect(steps.ends.filter(({ operationId }) => operationId === 'op-1')).toHaveLength(1);
      await control.deleted(group);
      expect(await control.isAlive()).toBe(true);
    });
  });

  it('gives up in time when nobody works, and says that it may be tried again', async () => {
    const control = makeTemporalControl({ client: temporal.client, deadlineMs: 300 });
    const request = { kind: 'terminate', payload: { operationId: 'op-2' } } as const;
    await expect(control.submit(ref('lonely'), request)).rejects.toMatchObject({ code: 'temporal-unavailable' });
    await control.started(ref('started-only'));
    const handle = temporal.client.workflow.getHandle('dig:p:ca:v1:started-only');
    expect((await handle.describe()).status.name).toBe('RUNNING');
  });
});
