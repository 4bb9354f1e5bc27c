import { runCommand, tryCommand } from '#lab/resolver/index.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface RepositoryOptions {
  readonly url: string;
  readonly user: string;
  readonly token: string;
  /** Gets the clone. */
  readonly folder: string;
}

export interface Commit {
  readonly id: string;
  readonly subject: string;
  readonly files: number;
}

/** A clone of the repository that the clusters read, looked at with plain git. */
export interface Repository {
  /** Fetches; gives the newest commit of `main`, empty when there is none. */
  readonly head: () => Promise<string>;
  /** Commits after `since` up to `until`, oldest first. */
  readonly log: (since: string, until: string) => Promise<readonly Commit[]>;
  /** Paths of all files below a folder, sorted. */
  readonly files: (commit: string, folder: string) => Promise<readonly string[]>;
  /** Paths of all files that a commit up to this one made, sorted, each once. */
  readonly made: (until: string) => Promise<readonly string[]>;
  /** Paths that differ between two commits, sorted. */
  readonly changed: (from: string, to: string) => Promise<readonly string[]>;
  /** Object id of a folder's tree, empty when it is not there. */
  readonly tree: (commit: string, folder: string) => Promise<string>;
  readonly text: (commit: string, path: string) => Promise<string>;
  /** Commits files as somebody else than emco. */
  readonly push: (files: Readonly<Record<string, string>>, subject: string) => Promise<string>;
}

const AUTHOR = ['-c', 'user.name=Operator', '-c', 'user.email=operator@localhost'];

export async function cloneRepository({ url, user, token, folder }: RepositoryOptions): Promise<Repository> {
  const env = toEnvironment(user, token);
  const git = (...args: readonly string[]): Promise<string> =>
    runCommand(['git', '-C', folder, ...args], { env, timeoutMs: 30_000 });
  await runCommand(['git', 'clone', '--quiet', url, folder], { env, timeoutMs: 30_000 });
  const head = async (): Promise<string> => {
    await git('fetch', '--quiet', 'origin');
    const found = await tryCommand(['git', '-C', folder, 'rev-parse', '--verify', '--quiet', 'origin/main'], { env });
    return found.stdout.trim();
  };
  const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await git(...args)).split('\n').filter((line) => line !== '');
  return {
    head,
    log: async (since, until) => {
      const ids = await lines('rev-list', '--reverse', since === '' ? until : `${since}..${until}`);
      return Promise.all(ids.map((id) => readCommit(id, lines)));
    },
    files: (commit, path) => lines('ls-tree', '-r', '--name-only', commit, '--', path),
    made: async (until) => {
      const paths = await lines('log', '--format=', '--name-only', '--diff-filter=A', until);
      return [...new Set(paths)].toSorted();
    },
    changed: (from, to) => lines('diff', '--name-only', from, to),
    tree: async (commit, path) => {
      const found = await tryCommand(['git', '-C', folder, 'rev-parse', '--verify', '--quiet', `${commit}:${path}`]);
      return found.stdout.trim();
    },
    text: (commit, path) => git('show', `${commit}:${path}`),
    push: async (files, subject) => {
      if ((await head()) !== '') await git('reset', '--quiet', '--hard', 'origin/main');
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await git('add', '--all');
      await git(...AUTHOR, 'commit', '--quiet', '-m', subject);
      await git('push', '--quiet', 'origin', 'HEAD:main');
      return head();
    },
  };
}

async function readCommit(
  id: string,
  lines: (...args: readonly string[]) => Promise<readonly string[]>,
): Promise<Commit> {
  const [subject = ''] = await lines('log', '-1', '--format=%s', id);
  const files = await lines('diff-tree', '--no-commit-id', '--name-only', '-r', '--root', id);
  return { id, subject, files: files.length };
}

/** The token travels by environment: neither arguments nor the clone's settings hold it. */
function toEnvironment(user: string, token: string): Readonly<Record<string, string>> {
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
  };
}
