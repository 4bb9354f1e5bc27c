import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startGitServer } from '#lab/git-server/index.ts';
import type { GitServer } from '#lab/git-server/index.ts';

const run = promisify(execFile);
const token = 'a-token-of-the-tests';
let folder = '';
let server: GitServer;
let url = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emco-git-server-'));
  server = await startGitServer({ folder: join(folder, 'repositories'), port: 0, token });
  url = await server.createRepository('fleet');
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const withToken = (authorization: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'http.extraHeader',
  GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
});
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const me = basic('anybody', token);

async function git(args: readonly string[], authorization = me): Promise<string> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  return (await run('git', [...identity, ...args], { env: withToken(authorization), cwd: folder })).stdout.trim();
}

/** A clone with one new commit that adds these files. */
async function commit(name: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const work = join(folder, name);
  await git(['clone', '--quiet', url, work]);
  for (const [path, content] of Object.entries(files)) await writeFile(join(work, path), content);
  await git(['-C', work, 'add', '-A']);
  await git(['-C', work, 'commit', '--quiet', '-m', name]);
  return work;
}

describe('a local Git server', () => {
  it('takes a push into an empty repository on main and gives it back', async () => {
    const work = await commit('first', { 'a.txt': 'one\n' });
    await git(['-C', work, 'push', '--quiet', 'origin', 'HEAD']);
    expect(await git(['ls-remote', '--symref', url, 'HEAD'])).toContain('ref: refs/heads/main');
    await git(['clone', '--quiet', url, join(folder, 'again')]);
    expect(await git(['-C', join(folder, 'again'), 'show', 'HEAD:a.txt'])).toBe('one');
  });

  it('takes a push of many megabytes that git sends in chunks', async () => {
    const work = await commit('large', { 'large.bin': randomBytes(12_000_000) });
    await git(['-C', work, 'push', '--quiet', 'origin', 'HEAD']);
    expect(await git(['ls-remote', url, 'refs/heads/main'])).toContain(await git(['-C', work, 'rev-parse', 'HEAD']));
  });

  it('lets a client take one folder without the blobs of the others', async () => {
    const work = join(folder, 'sparse');
    await git(['clone', '--quiet', '--filter=blob:none', '--no-checkout', '--depth=1', url, work]);
    const missing = await git(['-C', work, 'rev-list', '--objects', '--missing=print', 'HEAD']);
    expect(missing).toMatch(/^\?[0-9a-f]{40}/m);
    expect(await git(['-C', work, 'show', 'HEAD:a.txt'])).toBe('one');
  });

  it('lets the branch be rewritten by force', async () => {
    const work = join(folder, 'force');
    await git(['clone', '--quiet', url, work]);
    await git(['-C', work, 'commit', '--quiet', '--amend', '-m', 'rewritten']);
    await git(['-C', work, 'push', '--quiet', '--force', 'origin', 'HEAD']);
    expect(await git(['ls-remote', url, 'refs/heads/main'])).toContain(await git(['-C', work, 'rev-parse', 'HEAD']));
  });

  it('keeps what was pushed when a repository is created a second time', async () => {
    const before = await git(['ls-remote', url]);
    expect(await server.createRepository('fleet')).toBe(url);
    expect(await git(['ls-remote', url])).toBe(before);
  });

  it.each([
    ['a wrong password', basic('emco', 'wrong')],
    ['a wrong bearer token', 'Bearer wrong'],
    ['another scheme', `Digest ${token}`],
  ])('refuses %s', async (_what, authorization) => {
    const answer = await fetch(`${url}/info/refs?service=git-upload-pack`, { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
    await expect(git(['ls-remote', url], authorization)).rejects.toThrow(
      /could not read Username|Authentication failed/,
    );
  });

  it('accepts the token as bearer', async () => {
    expect(await git(['ls-remote', url, 'refs/heads/main'], `Bearer ${token}`)).toContain('refs/heads/main');
  });

  it.each([
    '/nothing.git/info/refs?service=git-upload-pack',
    '/fleet.git/config',
    '/fleet.git/objects/info/packs',
    '/fleet.git/info/refs',
    '/..%2f..%2fetc.git/info/refs?service=git-upload-pack',
    '/.git/info/refs?service=git-upload-pack',
  ])('answers 404 to %s', async (path) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: me } });
    expect(answer.status).toBe(404);
  });

  it('understands a compressed request', async () => {
    const lines = ['command=ls-refs\n', '0001', 'ref-prefix refs/heads/\n'];
    const body = lines.map((line) =>
      line === '0001' ? line : `${(line.length + 4).toString(16).padStart(4, '0')}${line}`,
    );
    const answer = await fetch(`${url}/git-upload-pack`, {
      method: 'POST',
      headers: {
        authorization: me,
        'git-protocol': 'version=2',
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
      },
      body: gzipSync(`${body.join('')}0000`),
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('refs/heads/main');
  });

  it.each(['../x', '', '.hidden', 'a/b', 'a..b', '-x'])('refuses to create a repository called %j', async (name) => {
    await expect(server.createRepository(name)).rejects.toThrow(/expected letters/);
  });

  it('refuses to start without a token', async () => {
    await expect(startGitServer({ folder: join(folder, 'open'), port: 0, token: '' })).rejects.toThrow(
      /expected a token/,
    );
  });

  it('takes pushes again after it was killed in the middle of one', async () => {
    const repositories = join(folder, 'repositories');
    const lock = join(repositories, 'fleet.git', 'refs', 'heads', 'main.lock');
    await mkdir(join(lock, '..'), { recursive: true });
    await writeFile(lock, '');
    await utimes(lock, new Date(0), new Date(0));
    await server.stop();
    server = await startGitServer({ folder: repositories, port: 0, token });
    url = await server.createRepository('fleet');
    const work = await commit('after', { 'b.txt': 'two\n' });
    await git(['-C', work, 'push', '--quiet', 'origin', 'HEAD']);
    expect(await git(['ls-remote', url, 'refs/heads/main'])).toContain(await git(['-C', work, 'rev-parse', 'HEAD']));
  });
});
