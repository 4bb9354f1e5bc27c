import type { GitBatchResult } from '#domain/ports/plugins.ts';

import { GitError } from './git-error.ts';
import type { GitProcess } from './git-process.ts';
import { isCommitId, printable } from './repository-url.ts';

export const changeTrailer = 'Emco-Change';

const mostForeign = 20;
/** How far back a change is looked for that was pushed but not answered. */
const trailerDepth = 2_000;
const foreignDepth = 5_000;

interface LoggedCommit {
  readonly commit: string;
  readonly tree: string;
  readonly author: string;
  readonly committerEmail: string;
  readonly subject: string;
  readonly changes: readonly string[];
}

export interface Since {
  readonly foreign: GitBatchResult['foreign'];
  readonly rewritten: boolean;
}

/** What happened on the branch since the head that we know. */
export async function readSince(
  git: GitProcess,
  { knownHead, tip, email }: { knownHead: string | null; tip: string | null; email: string },
): Promise<Since> {
  if (knownHead === null || knownHead === tip) return { foreign: [], rewritten: false };
  if (tip === null) return { foreign: [], rewritten: true };
  const known = await hasCommit(git, knownHead);
  const rewritten = !known || (await git.run(['rev-list', '--max-count=1', knownHead, `^${tip}`])).trim() !== '';
  const log = known ? await readLog(git, foreignDepth, [tip, `^${knownHead}`]) : await readLog(git, 1, [tip]); // how far the new history differs can't be told
  const foreign = log
    .filter((one) => one.changes.length === 0 || one.committerEmail !== email)
    .slice(0, mostForeign)
    .map(({ commit, author, subject }) => ({ commit, author: printable(author), subject: printable(subject) }));
  return { foreign, rewritten };
}

/** Newest commits that carry the trailer of a change, by its digest. */
export async function findChanges(git: GitProcess, tip: string): Promise<ReadonlyMap<string, LoggedCommit>> {
  const found = new Map<string, LoggedCommit>();
  for (const commit of await readLog(git, trailerDepth, [tip])) {
    for (const digest of commit.changes) if (!found.has(digest)) found.set(digest, commit);
  }
  return found;
}

export async function hasCommit(git: GitProcess, commit: string): Promise<boolean> {
  if (!isCommitId(commit)) return false;
  try {
    await git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`]);
    return true;
  } catch (error) {
    // With --quiet git says nothing about an object that is not there; words mean that something is wrong.
    if (error instanceof GitError && (error.text.trim() === '' || error.trouble === 'no-such-object')) return false;
    throw error;
  }
}

/** Fields end with NUL, the one byte that no name or message can hold. */
async function readLog(git: GitProcess, depth: number, revisions: readonly string[]): Promise<readonly LoggedCommit[]> {
  const trailers = `%(trailers:key=${changeTrailer},valueonly,separator=%x2C)`;
  const format = `--format=%H%x00%T%x00%an <%ae>%x00%ce%x00%s%x00${trailers}`;
  const options = ['-z', '--no-show-signature', '--no-mailmap', `--max-count=${depth}`, format];
  const fields = (await git.run(['log', ...options, ...revisions, '--'])).split('\0');
  const commits: LoggedCommit[] = [];
  for (let at = 0; at + 5 < fields.length; at += 6) {
    const [commit = '', tree = '', author = '', committerEmail = '', subject = '', changes = ''] = fields.slice(
      at,
      at + 6,
    );
    commits.push({ commit, tree, author, committerEmail, subject, changes: changes.trim().split(',').filter(Boolean) });
  }
  return commits;
}
