import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import { measureInstantiate, type Measured } from './size-story.ts';

// The same at 1,000 clusters: test/e2e/sizes.test.ts.

const largestPayload = 16_384;

let folder: TemporaryFolder;
let emco: Emco;
let few: Measured;
let many: Measured;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  few = await measureInstantiate(emco, 3);
  many = await measureInstantiate(emco, 100);
}, 180_000);
afterAll(async () => {
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

describe('five apps in five waves', () => {
  it('make one commit and one push a wave, on 100 clusters as on 3', () => {
    expect(few.waves).toEqual([0, 1, 2, 3, 4]);
    expect(many.waves).toEqual([0, 1, 2, 3, 4]);
    expect([few.pushes, many.pushes]).toEqual([5, 5]);
  });

  it('have a history that differs by a few events', () => {
    expect(Math.abs(many.events - few.events)).toBeLessThanOrEqual(12);
  });

  it('put no payload over 16 KB into a history', () => {
    expect(few.largestPayload).toBeLessThanOrEqual(largestPayload);
    expect(many.largestPayload).toBeLessThanOrEqual(largestPayload);
  });
});
