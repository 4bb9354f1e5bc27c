/** Reads a repository by plain git in a bare clone of its own: what emco wrote is judged by none of its own code. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand, tryCommand } from '#lab/resolver/index.ts';

export interface ReadCommit {
  readonly id: string;
  readonly tree: string;
  /** When it was committed, in whole seconds; milliseconds since 1970. */
  readonly timeMs: number;
  readonly author: string;
  readonly subject: string;
  /** `Emco-*` trailers by name. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface GitReader {
  /** Fetches and gives the commits of `main`, oldest first. */
  commits(): Promise<readonly ReadCommit[]>;
  head(): Promise<string>;
  /** Path → blob id of every file at the commit (default: the head). */
  files(commit?: string): Promise<ReadonlyMap<string, string>>;
  text(path: string, commit?: string): Promise<string>;
  /** Writes (null deletes), commits as somebody else on top of the present head and pushes. Gives the commit. */
  pushForeign(files: Readonly<Record<string, string | null>>, subject?: string): Promise<string>;
  isAncestor(commit: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function openGitReader({ url, token }: { url: string; token: string }): Promise<GitReader> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-reader-'));
  const env = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Bearer ${token}`,
  };
  const git = (...args: readonly string[]): Promise<string> => runCommand(['git', '-C', folder, ...args], { env });
  await git('init', '-q', '-b', 'main', '.');
  const fetchNow = async (): Promise<void> => {
    const found = (await git('ls-remote', '--heads', url, 'main')).trim();
    if (found !== '') await git('fetch', '-q', url, '+refs/heads/main:refs/remotes/origin/main');
  };
  // One after the other: two at once quarrel about the ref.
  let last: Promise<void> = Promise.resolve();
  const fetch = (): Promise<void> => {
    last = last.then(fetchNow, fetchNow);
    return last;
  };
  const head = async (): Promise<string> => {
    await fetch();
    return (
      await tryCommand(['git', '-C', folder, 'rev-parse', '-q', '--verify', 'origin/main'], { env })
    ).stdout.trim();
  };
  return {
    head,
    commits: async () =>
      (await head()) === '' ? [] : readCommits(await git('log', '--reverse', `--format=${logFormat}`, 'origin/main')),
    files: async (commit) => {
      const at = commit ?? (await head());
      return at === '' ? new Map() : toFiles(await git('ls-tree', '-r', '-z', at));
    },
    text: async (path, commit) => git('show', `${commit ?? (await head())}:${path}`),
    isAncestor: async (commit) => {
      await fetch();
      return (
        (await tryCommand(['git', '-C', folder, 'merge-base', '--is-ancestor', commit, 'origin/main'], { env }))
          .exitCode === 0
      );
    },
    pushForeign: async (files, subject = 'by another hand') => {
      for (let attempt = 1; ; attempt += 1) {
        if ((await head()) !== '') await git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
        for (const [path, text] of Object.entries(files)) await put(join(folder, path), text);
        await git('add', '-A');
        await git('-c', 'user.name=Somebody', '-c', 'user.email=somebody@invalid', 'commit', '-q', '-m', subject);
        const id = (await git('rev-parse', 'HEAD')).trim();
        const pushed = await tryCommand(['git', '-C', folder, 'push', '-q', url, 'HEAD:refs/heads/main'], { env });
        if (pushed.exitCode === 0) return id;
        if (attempt === 10) throw new Error(`push of a foreign commit: ${pushed.stderr}`);
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function put(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const logFormat = '%H%x1f%T%x1f%ct%x1f%an <%ae>%x1f%s%x1f%b%x1e';

function readCommits(text: string): readonly ReadCommit[] {
  return text
    .split('\x1e')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [id = '', tree = '', seconds = '', author = '', subject = '', body = ''] = one.split('\x1f');
      const trailers = Object.fromEntries(
        [...body.matchAll(/^(Emco-[A-Za-z]+): (.*)$/gm)].map(([, k = '', v = '']) => [k, v]),
      );
      return { id, tree, timeMs: Number(seconds) * 1000, author, subject, trailers, body };
    });
}

/** `<mode> blob <id>\t<path>\0` */
function toFiles(listing: string): ReadonlyMap<string, string> {
  const lines = listing.split('\0').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(' ')[2]?.split('\t')[0] ?? '']));
}
