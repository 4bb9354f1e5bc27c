import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';

import { Failure } from '#domain/failure.ts';
import type { GitBatch, GitBatchResult, GitDeployer, GitRepository } from '#domain/ports/plugins.ts';

import { defaultAuthor } from './deps.ts';
import type { GitDeployerDeps } from './deps.ts';
import { DesiredTrees } from './desired.ts';
import { GitError, toFailure } from './git-error.ts';
import { makeGitProcess } from './git-process.ts';
import type { GitProcess } from './git-process.ts';
import { hasCommit, readSince } from './history.ts';
import { Mirror, fetchBranch } from './mirror.ts';
import { ObjectReader } from './object-reader.ts';
import { withPulse } from './pulse.ts';
import { checkRepository, isCommitId, printable } from './repository-url.ts';
import { TreeState } from './tree-state.ts';
import { writeBatch } from './write-batch.ts';

export interface ClosableGitDeployer extends GitDeployer {
  /** Ends housekeeping and gives the mirrors back to other processes. */
  close(): Promise<void>;
}

/** Writes and reads repositories through bare mirrors in the cache folder. Make one per process. */
export function makeGitDeployer(given: GitDeployerDeps): ClosableGitDeployer {
  const deps = { ...given, cacheFolder: resolve(given.cacheFolder) };
  const mirrors = new Map<string, Mirror>();
  const mirrorOf = (url: string): Mirror => {
    const mirror = mirrors.get(url) ?? new Mirror(deps, url);
    mirrors.set(url, mirror);
    return mirror;
  };
  return {
    write: (batch) => guarded(deps, batch, () => write(deps, mirrorOf(batch.url), batch)),
    treesAt: (repo, commit, folders) =>
      guarded(deps, repo, () => readTrees(mirrorOf(repo.url), repo, { commit, folders })),
    foreignSince: (repo, knownHead) =>
      guarded(deps, repo, () => readForeign(mirrorOf(repo.url), repo, { deps, knownHead })),
    remoteHead: (repo) => guarded(deps, repo, () => readRemoteHead(deps, repo)),
    close: async () => {
      await Promise.all([...mirrors.values()].map((mirror) => mirror.close()));
      mirrors.clear();
    },
  };
}

async function guarded<T>(deps: GitDeployerDeps, repo: GitRepository, work: () => Promise<T>): Promise<T> {
  checkRepository(repo, deps.allowFile === true);
  try {
    return await work();
  } catch (error) {
    throw toFailure(error, repo);
  }
}

function write(deps: GitDeployerDeps, mirror: Mirror, batch: GitBatch): Promise<GitBatchResult> {
  return withPulse(batch.heartbeat, async (signal) => {
    const desired = new DesiredTrees(batch);
    const loading = desired.load(batch.changes.map(({ change }) => change)).then(() => desired);
    loading.catch(() => undefined); // whoever waits for it learns of it
    return mirror.exclusive((git) =>
      writeBatch(batch, { deps, git, trees: mirror.trees, pushed: mirror.pushed, loading, signal }),
    );
  });
}

function readForeign(
  mirror: Mirror,
  repo: GitRepository,
  { deps, knownHead }: { deps: GitDeployerDeps; knownHead: string },
): Promise<Pick<GitBatchResult, 'foreign' | 'rewritten'>> {
  const { email } = deps.author ?? defaultAuthor;
  return mirror.exclusive(async (git) => readSince(git, { knownHead, tip: await fetchBranch(git, repo), email }));
}

/** `ls-remote` works outside of any repository, so it waits for nobody. */
async function readRemoteHead(deps: GitDeployerDeps, repo: GitRepository): Promise<string | null> {
  await mkdir(deps.cacheFolder, { recursive: true, mode: 0o700 });
  const git = makeGitProcess(deps, deps.cacheFolder);
  const text = await git.runRemote(['ls-remote', '--heads', '--', repo.url, `refs/heads/${repo.branch}`], repo);
  const line = text.split('\n').find((one) => one.endsWith(`\trefs/heads/${repo.branch}`));
  return line === undefined ? null : line.slice(0, 40);
}

interface TreeQuestion {
  readonly commit: string;
  readonly folders: readonly string[];
}

function readTrees(
  mirror: Mirror,
  repo: GitRepository,
  { commit, folders }: TreeQuestion,
): Promise<ReadonlyMap<string, string | null>> {
  if (!isCommitId(commit)) {
    throw new Failure('git-refused', [
      { object: `repository ${repo.url}`, expected: 'a commit id of 40 hex digits', found: printable(commit) },
    ]);
  }
  return mirror.exclusive(async (git) => {
    if (!(await isHere(git, repo, commit))) return new Map(folders.map((folder) => [folder, null]));
    using reader = new ObjectReader(git);
    const root = await reader.read(`${commit}^{tree}`);
    const state = new TreeState(root?.id ?? null, mirror.trees);
    await state.load(folders, reader);
    return new Map(
      folders.map((folder) => {
        const found = state.find(folder);
        return [folder, found?.id ?? null];
      }),
    );
  });
}

/** Looks here, then on the branch, then for a commit that no branch has any more; many servers don't give those. */
async function isHere(git: GitProcess, repo: GitRepository, commit: string): Promise<boolean> {
  if (await hasCommit(git, commit)) return true;
  await fetchBranch(git, repo);
  if (await hasCommit(git, commit)) return true;
  try {
    await git.runRemote(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', repo.url, commit], repo);
  } catch (error) {
    if (error instanceof GitError && error.trouble === 'no-such-object') return false;
    throw error;
  }
  return hasCommit(git, commit);
}
