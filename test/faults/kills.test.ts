import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAscending, readOwnCommits, readWaves } from './invariants.ts';
import { KillStory } from './kill-story.ts';

// More moments: test/e2e/kills.test.ts.

let story: KillStory;
beforeAll(async () => {
  story = await KillStory.open();
});
afterAll(() => story?.close());

describe('emco killed in the middle of an operation', () => {
  it.each([
    ['renderCharts', 'kill'],
    ['pushChanges', 'killAll'],
  ] as const)(
    'during %s of an instantiate (%s) comes to the same files, wave by wave',
    { timeout: 120_000 },
    async (activity, how) => {
      await story.run('terminate');
      expect(await story.readOwnFiles()).toEqual(new Map());
      const id = await story.runThrough('instantiate', activity, how);
      expect(await story.readOwnFiles()).toEqual(story.undisturbed);
      const waves = await readWaves(story.git, id);
      expectAscending(waves);
      expect(new Set(waves)).toEqual(new Set([0, 1, 2]));
    },
  );

  it('during pushChanges of a terminate leaves nothing behind', { timeout: 120_000 }, async () => {
    await story.runThrough('terminate', 'pushChanges', 'kill');
    expect(await story.readOwnFiles()).toEqual(new Map());
  });
});

describe('a part that is killed while emco runs on', () => {
  it.each([
    ['Temporal', /temporal server start-dev/],
    ['the database', /pglite\/main\.ts/],
  ])('%s is started again, and the operation goes on', { timeout: 120_000 }, async (_name, program) => {
    if ((await story.readOwnFiles()).size > 0) await story.run('terminate');
    await story.runWithoutPart('instantiate', 'renderCharts', program);
    expect(story.isRunning).toBe(true);
    expect(await story.readOwnFiles()).toEqual(story.undisturbed);
  });
});

describe('after all of it', () => {
  it('every commit of emco belongs to a known operation, and the group has one workflow that runs', async () => {
    const known = new Set((await story.group.operations()).map(({ id }) => id));
    const commits = await readOwnCommits(story.git);
    expect(commits.filter(({ trailers }) => !known.has(trailers['Emco-Operation'] ?? ''))).toEqual([]);
    expect((await story.group.workflow.describe()).status.name).toBe('RUNNING');
  });
});
