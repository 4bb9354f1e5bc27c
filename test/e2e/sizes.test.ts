import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureInstantiate } from '#test/faults/size-story.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';

let folder: TemporaryFolder;
let emco: Emco;
beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
});
afterAll(async () => {
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

describe('five apps on 1,000 clusters', () => {
  it('cost as many commits, pushes and events as on three, and no payload over 16 KB', async () => {
    const few = await measureInstantiate(emco, 3);
    const many = await measureInstantiate(emco, 1000);
    expect(many.waves).toEqual(few.waves);
    expect(many.pushes).toBe(few.pushes);
    expect(Math.abs(many.events - few.events)).toBeLessThanOrEqual(12);
    expect(many.largestPayload).toBeLessThanOrEqual(16_384);
  });
});
