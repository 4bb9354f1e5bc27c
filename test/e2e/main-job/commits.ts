/** What commits did to the tree, by plain git. */
import type { GitReader } from '#test/support/git-reader.ts';

export interface Step {
  readonly subject: string;
  readonly author: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

type Files = ReadonlyMap<string, string>;

/** The commits after one, oldest first, each with the paths that it wrote and removed. */
export async function stepsAfter(git: GitReader, commit: string): Promise<readonly Step[]> {
  const all = await git.commits();
  const since = all.findIndex(({ id }) => id === commit);
  const trees = await Promise.all(all.slice(since).map(async (one) => ({ ...one, files: await git.files(one.id) })));
  return trees.slice(1).map(({ subject, author, files }, index) => {
    const before: Files = trees[index]?.files ?? new Map();
    return { subject, author, ...compare(before, files) };
  });
}

/** Paths that differ between two commits. */
export async function changedBetween(git: GitReader, from: string, to: string): Promise<readonly string[]> {
  const { written, removed } = compare(await git.files(from), await git.files(to));
  return [...written, ...removed].sort();
}

function compare(before: Files, after: Files): Pick<Step, 'written' | 'removed'> {
  return {
    written: [...after].filter(([path, blob]) => before.get(path) !== blob).map(([path]) => path),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
}

/** What emco keeps: content and agent objects, path → blob. */
export async function ownedFiles(git: GitReader, commit?: string): Promise<Readonly<Record<string, string>>> {
  const files = await git.files(commit);
  return Object.fromEntries([...files].filter(([path]) => path.startsWith('deploy/') || path.includes('/emco/')));
}
