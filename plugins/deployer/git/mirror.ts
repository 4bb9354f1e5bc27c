import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { normaliseGitUrl } from '#domain/names.ts';
import type { GitRepository } from '#domain/ports/plugins.ts';

import type { GitDeployerDeps } from './deps.ts';
import { GitError } from './git-error.ts';
import { makeGitProcess } from './git-process.ts';
import type { GitProcess } from './git-process.ts';
import { Housekeeping } from './housekeeping.ts';
import { takeSlot } from './mirror-slot.ts';
import type { MirrorSlot } from './mirror-slot.ts';
import { TreeCache } from './tree-cache.ts';
import type { TreeState } from './tree-state.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Pushed {
  readonly commit: string;
  /** What is known of the commit's content; null when it has to be read again. */
  readonly state: TreeState | null;
}

/** A bare copy of one repository. One piece of work at a time; a copy that turns out broken is thrown away and made again. */
export class Mirror {
  readonly trees = new TreeCache();
  /** Where we know a branch to be, since our last push or look; its objects are here. */
  readonly pushed = new Map<string, Pushed>();
  private readonly deps: GitDeployerDeps;
  private readonly name: string;
  private readonly housekeeping: Housekeeping;
  private slot: MirrorSlot | null = null;
  private git: GitProcess | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(deps: GitDeployerDeps, url: string) {
    this.deps = deps;
    this.name = sha256(normaliseGitUrl(url)).slice(0, 24);
    this.housekeeping = new Housekeeping(deps.idleMs ?? 60_000, (signal) => this.clean(signal));
  }

  /** Runs the work alone; once more on a fresh copy when the copy was the trouble. */
  async exclusive<T>(work: (git: GitProcess) => Promise<T>): Promise<T> {
    this.housekeeping.interrupt();
    return this.queue(async () => {
      try {
        return await work(await this.open());
      } catch (error) {
        if (!(error instanceof GitError) || error.trouble !== 'mirror-broken') throw error;
        await this.discard();
        return await work(await this.open());
      } finally {
        if (this.trees.trim())
          for (const [branch, { commit }] of this.pushed) this.pushed.set(branch, { commit, state: null });
        this.housekeeping.schedule();
      }
    });
  }

  async close(): Promise<void> {
    this.housekeeping.stop();
    await this.queue(async () => {
      await this.slot?.release();
      this.slot = null;
      this.git = null;
    });
  }

  private queue<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async open(): Promise<GitProcess> {
    if (this.slot !== null && !(await this.slot.isOurs())) this.slot = null;
    if (this.slot === null) {
      this.slot = await takeSlot(this.deps.cacheFolder, this.name);
      this.git = null;
      await removeLeftovers(this.slot.folder);
    }
    this.git ??= await this.initialise(this.slot.folder);
    return this.git;
  }

  private async initialise(folder: string): Promise<GitProcess> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const git = makeGitProcess(this.deps, folder);
    await git.run(['init', '--bare']); // harmless where it is one already
    return git;
  }

  private async discard(): Promise<void> {
    if (this.slot !== null) await rm(this.slot.folder, { recursive: true, force: true, maxRetries: 5 });
    this.git = null;
    this.trees.clear();
    this.pushed.clear();
  }

  /** Only when nobody writes; a write that comes meanwhile stops it, which git survives. */
  private clean(signal: AbortSignal): Promise<void> {
    return this.queue(async () => {
      if (signal.aborted || this.git === null || this.slot === null || !(await this.slot.isOurs())) return;
      try {
        // What was pushed without a fetch since must count as reachable.
        for (const [branch, { commit }] of this.pushed) await this.git.run(['update-ref', toRemoteRef(branch), commit]);
        await this.git.run(['-c', 'gc.auto=2000', 'gc', '--auto', '--quiet'], signal);
      } catch {
        await removeLeftovers(this.slot.folder); // the next time may do better; a broken copy shows when it is used
      }
    });
  }
}

/** Locks and halves of files that killed processes left; nobody else works in this folder. */
async function removeLeftovers(folder: string): Promise<void> {
  try {
    const names = await readdir(folder, { recursive: true });
    const left = names.filter((name) => /\.lock$|(^|\/)(tmp_|fast_import_crash_|gc\.pid$)|\/\.tmp-/.test(name));
    await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  } catch {
    // no copy yet
  }
}

/** Refs of the copy: what the remote had when we last looked, and what we build. */
const toRemoteRef = (branch: string): string => `refs/emco/remote/${sha256(branch).slice(0, 16)}`;
export const toBuildRef = (branch: string): string => `refs/emco/build/${sha256(branch).slice(0, 16)}`;

/**
 * Brings the branch's commits here; null when the remote has no such branch. Here and in `init` git is let speak, since
 * simple-git waits 50 ms longer for a command that says nothing.
 */
export async function fetchBranch(
  git: GitProcess,
  remote: GitRepository,
  signal?: AbortSignal,
): Promise<string | null> {
  const ref = toRemoteRef(remote.branch);
  const options = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  try {
    await git.runRemote(['fetch', ...options, '--', remote.url, `+refs/heads/${remote.branch}:${ref}`], remote, signal);
  } catch (error) {
    if (!(error instanceof GitError) || error.trouble !== 'no-such-ref') throw error;
    if (await hasRef(git, ref)) await git.run(['update-ref', '-d', ref]);
    return null;
  }
  return (await git.run(['rev-parse', '--verify', `${ref}^{commit}`])).trim();
}

async function hasRef(git: GitProcess, ref: string): Promise<boolean> {
  try {
    await git.run(['show-ref', '--verify', ref]);
    return true;
  } catch (error) {
    if (error instanceof GitError && error.text.includes('not a valid ref')) return false;
    throw error;
  }
}

/** Moves the remote's branch from `expected` to `commit`, or throws GitError `race` when it stands elsewhere by now. */
export async function pushBranch(
  git: GitProcess,
  remote: GitRepository,
  { commit, expected, signal }: { commit: string; expected: string | null; signal: AbortSignal },
): Promise<void> {
  const ref = `refs/heads/${remote.branch}`;
  // The commit descends from `expected`, so nothing can be lost; the lease also notices a branch that went back meanwhile.
  const compareAndSwap = `--force-with-lease=${ref}:${expected ?? ''}`;
  const options = ['--porcelain', '--no-verify', '--no-follow-tags', compareAndSwap];
  await git.runRemote(['push', ...options, '--', remote.url, `${commit}:${ref}`], remote, signal);
}
