import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startGitServer } from '#lab/git-server/index.ts';
import { runCommand } from '#lab/resolver/index.ts';

/** A repository on the lab's Git server and a clone to push from. */
export interface GitClone {
  readonly url: string;
  readonly token: string;
  /** Writes these files (null deletes one), commits, pushes, and gives the commit. */
  readonly push: (files: Readonly<Record<string, string | null>>) => Promise<string>;
  readonly stopServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startGitClone(): Promise<GitClone> {
  const root = await mkdtemp(join(tmpdir(), 'emco-git-'));
  const clone = join(root, 'clone');
  const token = 'the-lab-token';
  const server = await startGitServer({ folder: join(root, 'served'), port: 0, token });
  const url = await server.createRepository('fleet');
  const header = `Authorization: Bearer ${token}`;
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header };
  await runCommand(['git', 'clone', '-q', url, clone], { env });
  const git = (...args: readonly string[]): Promise<string> => runCommand(['git', ...args], { cwd: clone, env });
  return {
    url,
    token,
    push: async (files) => {
      for (const [path, text] of Object.entries(files)) await put(join(clone, path), text);
      await git('add', '-A');
      await git('-c', 'user.name=test', '-c', 'user.email=test@invalid', 'commit', '-q', '-m', 'change');
      await git('push', '-q', 'origin', 'HEAD:main');
      return (await git('rev-parse', 'HEAD')).trim();
    },
    stopServer: () => server.stop(),
    stop: async () => {
      await server.stop().catch(() => undefined); // a test may have stopped it
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function put(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
