/** What must hold of a repository whatever happened, told from plain Git alone. */
import { expect } from 'vitest';
import type { GitReader, ReadCommit } from '#test/support/git-reader.ts';

const isOurs = (commit: ReadCommit): boolean => commit.trailers['Emco-Change'] !== undefined;

/** Commits of emco, oldest first. */
export async function readOwnCommits(git: GitReader): Promise<readonly ReadCommit[]> {
  return (await git.commits()).filter(isOurs);
}

/** Nothing doubled, nothing empty, nothing of somebody else lost. */
export async function expectSoundHistory(git: GitReader, foreign: readonly string[] = []): Promise<void> {
  const commits = await git.commits();
  const changes = commits.filter(isOurs).map((commit) => commit.trailers['Emco-Change']);
  expect(changes, 'each change set is committed once').toEqual([...new Set(changes)]);
  const trees = commits.map(({ tree }) => tree);
  expect(
    trees.filter((tree, at) => tree === trees[at - 1]),
    'no commit is empty',
  ).toEqual([]);
  const ids = new Set(commits.map(({ id }) => id));
  expect(
    foreign.filter((id) => !ids.has(id)),
    'foreign commits stay',
  ).toEqual([]);
}

/** Waves of the commits of one operation, in the order of the commits. */
export async function readWaves(git: GitReader, operation: string): Promise<readonly number[]> {
  const own = (await readOwnCommits(git)).filter((commit) => commit.trailers['Emco-Operation'] === operation);
  return own.map((commit) => Number(commit.trailers['Emco-Wave']));
}

export function expectAscending(numbers: readonly number[]): void {
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
}
