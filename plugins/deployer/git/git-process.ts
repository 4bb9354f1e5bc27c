import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

import { simpleGit } from 'simple-git';

import type { GitRepository } from '#domain/ports/plugins.ts';

import type { GitDeployerDeps } from './deps.ts';
import { toGitEnvironment } from './git-environment.ts';
import { GitError, scrub, toTrouble } from './git-error.ts';

const remoteTimeoutMs = 600_000;

/** Runs git on one bare repository. */
export interface GitProcess {
  readonly gitDir: string;
  /** Runs to its end and gives standard output. @throws GitError */
  run(args: readonly string[], signal?: AbortSignal): Promise<string>;
  /** The same, with the credentials of a remote in its environment and a limit on time. @throws GitError */
  runRemote(args: readonly string[], remote: GitRepository, signal?: AbortSignal): Promise<string>;
  /** A process to talk to by its streams. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams;
}

export function makeGitProcess(deps: GitDeployerDeps, gitDir: string): GitProcess {
  const home = deps.cacheFolder;
  return {
    gitDir,
    run: (args, signal) => runGit({ gitDir, args, env: toGitEnvironment({ deps, gitDir, home }), signal }),
    runRemote: (args, remote, signal) => {
      const limit = AbortSignal.timeout(deps.remoteTimeoutMs ?? remoteTimeoutMs);
      return runGit({
        gitDir,
        args,
        env: toGitEnvironment({ deps, gitDir, home, remote }),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        credentials: remote.credentials,
      });
    },
    start: (args) => spawn('git', args, { cwd: gitDir, env: toGitEnvironment({ deps, gitDir, home }), stdio: 'pipe' }),
  };
}

interface GitRun {
  readonly gitDir: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly signal: AbortSignal | undefined;
  readonly credentials?: GitRepository['credentials'];
}

async function runGit({ gitDir, args, env, signal, credentials }: GitRun): Promise<string> {
  if (signal?.aborted === true) throw new GitError('unreachable', 'stopped before it began');
  let said: string | undefined;
  try {
    const git = simpleGit({
      baseDir: gitDir,
      ...(signal === undefined ? {} : { abort: signal }),
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
      // The environment is made by us, never by a user: these four are what `toGitEnvironment` sets.
      unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeConfigPaths: true, allowUnsafeProtocolOverride: true },
      errors: (_error, { exitCode, stdOut, stdErr }) => {
        if (exitCode === 0) return undefined;
        said = Buffer.concat([...stdErr, ...stdOut]).toString('utf8');
        return new Error('git failed');
      },
    });
    return await git.env(env).raw([...args]);
  } catch (error) {
    throw toGitError(error, { said, signal, credentials });
  }
}

interface Circumstances {
  readonly said: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly credentials: GitRepository['credentials'] | undefined;
}

function toGitError(error: unknown, { said, signal, credentials }: Circumstances): GitError {
  if (signal?.aborted === true) return new GitError('unreachable', 'git timed out or was stopped');
  const text = scrub(said ?? (error instanceof Error ? error.message : String(error)), credentials);
  return new GitError(toTrouble(text, credentials === undefined ? 'mirror-broken' : 'unreachable'), text);
}
