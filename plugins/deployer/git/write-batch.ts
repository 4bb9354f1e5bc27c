import { setTimeout as delay } from 'node:timers/promises';

import type { GitBatch, GitBatchResult, GitOutcome } from '#domain/ports/plugins.ts';

import { buildCommits } from './build-commits.ts';
import type { Built } from './build-commits.ts';
import type { GitDeployerDeps } from './deps.ts';
import { defaultAuthor } from './deps.ts';
import type { DesiredTrees } from './desired.ts';
import { GitError } from './git-error.ts';
import type { GitProcess } from './git-process.ts';
import { findChanges, readSince } from './history.ts';
import { fetchBranch, pushBranch } from './mirror.ts';
import type { Pushed } from './mirror.ts';
import type { TreeCache } from './tree-cache.ts';

/** How often a batch is built again because somebody else pushed in between. */
const mostAttempts = 25;

export interface WriteContext {
  readonly deps: GitDeployerDeps;
  readonly git: GitProcess;
  readonly trees: TreeCache;
  /** What the changes want, on its way from the store. */
  readonly loading: Promise<DesiredTrees>;
  readonly signal: AbortSignal;
  /** Where we know a branch to be; for as long as the mirror lives. */
  readonly pushed: Map<string, Pushed>;
}

/** Fetch, build on the tip, push; again on the new tip as long as others are faster. */
export async function writeBatch(batch: GitBatch, context: WriteContext): Promise<GitBatchResult> {
  const { deps, git, signal } = context;
  const quick = await writeUnasked(batch, context);
  if (quick !== null) return quick;
  for (let pushes = 1; pushes <= mostAttempts; pushes++) {
    const [tip] = await Promise.all([fetchBranch(git, batch, signal), context.loading]);
    const built = await buildCommits(batch, tip, context);
    const head = built.written.at(-1)?.commit;
    if (head === undefined) return report(batch, { built, tip, head: tip ?? '', pushes: pushes - 1 }, context);
    batch.heartbeat();
    if (await tryPush(batch, { context, built, commit: head, expected: tip })) {
      return report(batch, { built, tip, head, pushes }, context);
    }
    await delay(deps.random() * Math.min(20 * pushes, 300), undefined, { signal });
  }
  throw new GitError('unreachable', `somebody else pushed first ${mostAttempts} times in a row`);
}

/**
 * On the head that our last push left, without asking the remote first: mostly nobody else has pushed, and when somebody
 * has, the lease notices. What changes nothing has to ask all the same. @returns null when it must be done the long way
 */
async function writeUnasked(batch: GitBatch, context: WriteContext): Promise<GitBatchResult | null> {
  const tip = context.pushed.get(batch.branch)?.commit;
  if (tip === undefined || tip !== batch.knownHead) return null;
  const built = await buildCommits(batch, tip, context);
  const head = built.written.at(-1)?.commit;
  if (head === undefined) return null;
  batch.heartbeat();
  if (!(await tryPush(batch, { context, built, commit: head, expected: tip }))) return null;
  return report(batch, { built, tip, head, pushes: 1 }, context);
}

interface Done {
  readonly built: Built;
  readonly tip: string | null;
  readonly head: string;
  readonly pushes: number;
}

async function report(
  batch: GitBatch,
  { built, tip, head, pushes }: Done,
  context: WriteContext,
): Promise<GitBatchResult> {
  const { deps, git } = context;
  const { email } = deps.author ?? defaultAuthor;
  const since = await readSince(git, { knownHead: batch.knownHead, tip, email });
  return { ...since, outcomes: await answer(built, tip, git), head, pushes };
}

interface Push {
  readonly context: WriteContext;
  readonly built: Built;
  readonly commit: string;
  readonly expected: string | null;
}

async function tryPush(batch: GitBatch, { context, built, commit, expected }: Push): Promise<boolean> {
  try {
    await pushBranch(context.git, batch, { commit, expected, signal: context.signal });
    context.trees.markStored(built.trees);
    context.pushed.set(batch.branch, { commit, state: built.state });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.trouble === 'race') return false;
    throw error;
  }
}

/** A change that found everything in place is answered with the commit that brought it, if that can be found. */
async function answer(built: Built, tip: string | null, git: GitProcess): Promise<readonly GitOutcome[]> {
  const isPresent = built.steps.some((step) => step.state === 'present');
  const earlier = isPresent && tip !== null ? await findChanges(git, tip) : new Map<string, never>();
  const tipTree = isPresent && tip !== null ? (await git.run(['rev-parse', `${tip}^{tree}`])).trim() : '';
  return built.steps.map((step): GitOutcome => {
    const { digest } = step;
    switch (step.state) {
      case 'failed':
        return { digest, state: 'failed', message: step.message };
      case 'new': {
        const { commit = '', tree = '' } = built.written[step.commit] ?? {};
        return { digest, state: 'committed', commit, tree, filesWritten: step.filesWritten };
      }
      case 'present': {
        const before = built.written[step.after] ?? { commit: tip ?? '', tree: tipTree };
        const { commit, tree } = earlier.get(digest) ?? before;
        return { digest, state: 'committed', commit, tree, filesWritten: 0 };
      }
    }
  });
}
