import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAscending, readWaves } from '#test/faults/invariants.ts';
import { KillStory } from '#test/faults/kill-story.ts';

let story: KillStory;
beforeAll(async () => {
  story = await KillStory.open();
});
afterAll(() => story?.close());

describe('emco killed in the middle of each step of an instantiate', () => {
  it.each([
    ['acceptOperation', 'kill'],
    ['readIntents', 'killAll'],
    ['placeApps', 'kill'],
    ['renderCharts', 'killAll'],
    ['customiseManifests', 'kill'],
    ['freezePlan', 'killAll'],
    ['judgeProgress', 'kill'],
    ['commitManifests', 'killAll'],
    ['pushChanges', 'kill'],
    ['endOperation', 'killAll'],
  ] as const)('during %s (%s) comes to the same files, wave by wave', async (activity, how) => {
    await story.run('terminate');
    const id = await story.runThrough('instantiate', activity, how);
    expect(await story.readOwnFiles()).toEqual(story.undisturbed);
    const waves = await readWaves(story.git, id);
    expectAscending(waves);
    expect(new Set(waves)).toEqual(new Set([0, 1, 2]));
  });

  it.each(['kill', 'killAll'] as const)(
    'before the request was answered (%s), and the same request again acts once',
    async (how) => {
      await story.run('terminate');
      await story.runThroughRequest('instantiate', how);
      expect(await story.readOwnFiles()).toEqual(story.undisturbed);
    },
  );
});

describe('emco killed in the middle of a terminate', () => {
  it.each([
    ['planRemoval', 'killAll'],
    ['judgeProgress', 'kill'],
    ['pushChanges', 'killAll'],
  ] as const)('during %s (%s) leaves nothing behind', async (activity, how) => {
    await story.runThrough('terminate', activity, how);
    expect(await story.readOwnFiles()).toEqual(new Map());
    await story.run('instantiate');
    expect(await story.readOwnFiles()).toEqual(story.undisturbed);
  });
});
