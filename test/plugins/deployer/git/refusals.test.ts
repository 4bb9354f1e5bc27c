import { chmod, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChangeSet } from '#domain/plan.ts';

import { addBundle, gid, startBench, toAddress, toBatch, toChange, token } from './support.ts';
import type { Bench } from './support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

const bundle = addBundle({ 'a.yaml': 'a: 1\n' });
const good = (): ReturnType<typeof toChange> =>
  toChange({ folders: [{ bundle, part: 'main', paths: [`deploy/edge+c1/${gid}/web`] }] });
const folder = (path: string): Partial<ChangeSet> => ({ folders: [{ bundle, part: 'main', paths: [path] }] });
const file = (path: string): Partial<ChangeSet> => ({ files: [{ path, text: 'x: 1\n' }] });

describe('a change that can not be built', () => {
  it.each<[string, Partial<ChangeSet>, string]>([
    ['another group’s folder', folder('deploy/edge+c1/9999999999999999999/web'), 'expected a path that group'],
    ['the operator’s folder', folder('clusters/edge+c1/flux-system'), 'expected a path that group'],
    ['a folder beside the trees', folder(`other/edge+c1/${gid}/web`), 'expected a path that group'],
    [
      'another group’s agent objects',
      file('clusters/edge+c1/emco/9999999999999999999.yaml'),
      'expected a path that group',
    ],
    ['a file beside the marker', file('deploy/edge+c1/readme.yaml'), 'expected a path that group'],
    ['a way out', folder(`deploy/edge+c1/${gid}/../../x`), "found '..'"],
    ['Git’s own folder', folder(`deploy/edge+c1/${gid}/.GIT`), "found '.GIT'"],
    ['Git’s own files', file(`deploy/edge+c1/${gid}/.gitattributes`), "found '.gitattributes'"],
    ['an empty name', folder(`deploy/edge+c1/${gid}//web`), "found ''"],
    ['an absolute path', folder(`/deploy/edge+c1/${gid}/web`), "found ''"],
    ['a line feed', folder(`deploy/edge+c1/${gid}/web\nM 100644 inline x`), 'expected plain names'],
    ['a backslash', folder(`deploy/edge+c1/${gid}/a\\b`), 'expected plain names'],
    ['a name that no file system holds', folder(`deploy/edge+c1/${gid}/${'x'.repeat(256)}`), 'expected plain names'],
    [
      'a kustomization',
      file(`deploy/edge+c1/${gid}/web/kustomization.yaml`),
      'expected no file that changes what Flux takes',
    ],
    ['a path twice', { ...folder(`deploy/edge+c1/${gid}/web`), ...file(`deploy/edge+c1/${gid}/web`) }, 'expected once'],
    [
      'a path in a path',
      { ...folder(`deploy/edge+c1/${gid}/web`), ...file(`deploy/edge+c1/${gid}/web/x.yaml`) },
      'expected outside',
    ],
    ['a subject of two lines', { subject: 'a\nb' }, 'commit subject'],
    ['a subject that is too long', { subject: 'a'.repeat(73) }, 'commit subject'],
  ])('is refused for %s, and the others go on', async (_what, parts, message) => {
    const result = await bench.deployer().write(toBatch(bench.repo, [toChange(parts), good()]));
    expect(result.outcomes[0]).toMatchObject({ state: 'failed', message: expect.stringContaining(message) });
    expect(result.outcomes[1]).toMatchObject({ state: 'committed', commit: result.head });
    expect(await bench.git('ls-tree', '-r', '--name-only', 'main')).toBe(`deploy/edge+c1/${gid}/web/a.yaml`);
  });

  it.each([
    ['kustomization.yaml', 'expected no file that changes what Flux takes'],
    ['Kustomization', 'expected no file that changes what Flux takes'],
    ['sub/a.yaml', 'expected a name without folder'],
    ['..', 'expected plain names'],
  ])('is refused for a bundle with a file called %s', async (name, message) => {
    const bad = addBundle({ 'a.yaml': 'a: 1\n', [name]: 'x: 1\n' });
    const change = toChange({ folders: [{ bundle: bad, part: 'main', paths: [`deploy/edge+c1/${gid}/web`] }] });
    const result = await bench.deployer().write(toBatch(bench.repo, [change]));
    expect(result).toMatchObject({
      pushes: 0,
      outcomes: [{ state: 'failed', message: expect.stringContaining(message) }],
    });
  });

  it('is refused for a bundle that the store does not have', async () => {
    const lost = {
      ...good().change,
      folders: [{ bundle: toAddress('lost'), part: 'main' as const, paths: [`deploy/edge+c1/${gid}/web`] }],
    };
    const result = await bench.deployer().write(toBatch(bench.repo, [toChange(lost)]));
    expect(result.outcomes).toMatchObject([
      { state: 'failed', message: expect.stringContaining('expected it in the store, found none') },
    ]);
  });

  it('is refused for a trailer that could forge another', async () => {
    const forged = { ...good(), trailers: ['Emco-Group: x\nEmco-Change: y'] };
    const result = await bench.deployer().write(toBatch(bench.repo, [forged]));
    expect(result.outcomes).toMatchObject([{ state: 'failed', message: expect.stringContaining('trailer') }]);
  });

  it('is refused where somebody else’s file stands in for a folder', async () => {
    await bench.humanPush({ 'deploy/edge+c1': 'mine\n' });
    const result = await bench.deployer().write(toBatch(bench.repo, [good()]));
    expect(result.outcomes).toMatchObject([
      { state: 'failed', message: 'path deploy/edge+c1: expected a folder, found a file that emco does not own' },
    ]);
    expect(await bench.git('show', 'main:deploy/edge+c1')).toBe('mine');
  });
});

describe('a bootstrap folder with a kustomization', () => {
  const agent = (): ReturnType<typeof toChange> => toChange(file(`clusters/edge+c1/emco/${gid}.yaml`));

  it.each([
    ['kustomization.yaml', 'resources:\n- flux-system\n'],
    ['kustomization.yml', 'resources: [flux-system, ./emcox]\n'],
    ['Kustomization', 'resources: {}\n'],
    ['kustomization.yaml', '}{ no yaml'],
  ])('refuses agent objects that %s does not list, with the line to add', async (name, text) => {
    await bench.humanPush({ [`clusters/edge+c1/${name}`]: text });
    const removal = toChange({ files: [{ path: `clusters/edge+c1/emco/${gid}.yaml`, text: null }] });
    const result = await bench.deployer().write(toBatch(bench.repo, [agent(), good(), removal]));
    expect(result.outcomes.map(({ state }) => state)).toEqual(['failed', 'committed', 'committed']);
    expect(result.outcomes[0]).toMatchObject({
      message: expect.stringContaining(
        `file clusters/edge+c1/${name}: expected the line \`- emco/${gid}.yaml\` under resources`,
      ),
    });
  });

  it.each(['emco', './emco/', `emco/${gid}.yaml`])('lets agent objects in when it lists %s', async (entry) => {
    await bench.humanPush({ 'clusters/edge+c1/kustomization.yaml': `resources:\n- flux-system\n- ${entry}\n` });
    expect((await bench.deployer().write(toBatch(bench.repo, [agent()]))).outcomes).toMatchObject([
      { state: 'committed' },
    ]);
  });
});

describe('a server that says no', () => {
  it('is git-refused for a wrong token, without the token in the message', async () => {
    const repo = { ...bench.repo, credentials: { userName: 'emco', token: 'wrong-s3cr3t' } };
    const failure = await bench
      .deployer()
      .write(toBatch(repo, [good()]))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'git-refused',
      message: expect.stringContaining('expected a token that the server accepts'),
    });
    expect(String(failure)).not.toContain('wrong-s3cr3t');
    expect(String(failure)).not.toContain(Buffer.from('emco:wrong-s3cr3t').toString('base64'));
  });

  it('is git-refused for a repository that is not there', async () => {
    const repo = { ...bench.repo, url: bench.repo.url.replace('fleet', 'nothing') };
    await expect(bench.deployer().write(toBatch(repo, [good()]))).rejects.toMatchObject({
      code: 'git-refused',
      message: expect.stringContaining('expected an existing repository that the token may see'),
    });
  });

  it('is git-refused for a protected branch, with what the hook said', async () => {
    const hook = join(bench.bare, 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\necho "branch main is protected, open a merge request" >&2\nexit 1\n');
    await chmod(hook, 0o755);
    await expect(bench.deployer().write(toBatch(bench.repo, [good()]))).rejects.toMatchObject({
      code: 'git-refused',
      message: expect.stringMatching(/expected a branch that the token may push to, found .*open a merge request/),
    });
  });

  it.each([
    'ext::sh -c true',
    'file:///etc',
    '--upload-pack=x',
    'ssh://git@h/x',
    'https://me:secret@git.example.org/x.git',
    'https://git.example.org/x.git?token=1',
    'http://h/x\ny',
  ])('is git-refused for the URL %s before anything runs', async (url) => {
    const deployer = bench.deployer({ allowFile: false });
    const failure = await deployer.write(toBatch({ ...bench.repo, url }, [good()])).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'git-refused' });
    expect(String(failure)).not.toContain('secret');
  });

  it.each(['', '-x', 'a..b', 'a b', 'a/.b', 'x.lock', 'a\nb', '@', 'a//b'])(
    'is git-refused for the branch %j',
    async (branch) => {
      await expect(bench.deployer().remoteHead({ ...bench.repo, branch })).rejects.toMatchObject({
        code: 'git-refused',
      });
    },
  );
});

describe('a server in trouble', () => {
  let server: Server;
  let port = 0;
  let status = 500;
  beforeEach(async () => {
    server = createServer((_request, response) => {
      if (status > 0) response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('no\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port; // it listens on a port
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    [500, 'git-unreachable'],
    [503, 'git-unreachable'],
    [429, 'git-unreachable'],
    [401, 'git-refused'],
    [403, 'git-refused'],
    [404, 'git-refused'],
    [302, 'git-refused'],
  ])('that answers %i is %s', async (answer, code) => {
    status = answer;
    const repo = { ...bench.repo, url: `http://127.0.0.1:${port}/x.git` };
    await expect(bench.deployer().write(toBatch(repo, [good()]))).rejects.toMatchObject({ code });
    await expect(bench.deployer().remoteHead(repo)).rejects.toMatchObject({ code });
  });

  it('that never answers is given up', async () => {
    status = 0;
    const deployer = bench.deployer({ remoteTimeoutMs: 300 });
    await expect(
      deployer.write(toBatch({ ...bench.repo, url: `http://127.0.0.1:${port}/x.git` }, [good()])),
    ).rejects.toMatchObject({
      code: 'git-unreachable',
    });
  });

  it('that is not there is git-unreachable', async () => {
    server.close();
    const repo = { ...bench.repo, url: `http://127.0.0.1:${port}/x.git` };
    await expect(bench.deployer().write(toBatch(repo, [good()]))).rejects.toMatchObject({ code: 'git-unreachable' });
  });
});

describe('the token', () => {
  it('stands in no command line, no file of the cache and no ref', async () => {
    const deployer = bench.deployer();
    const lines = new Set<string>();
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) {
        for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
          lines.add((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '));
        }
        await setImmediate();
      }
    })();
    for (let at = 0; at < 5; at++) {
      const changing = addBundle({ 'a.yaml': `a: ${at}\n` });
      await deployer.write(
        toBatch(bench.repo, [
          toChange({ folders: [{ bundle: changing, part: 'main', paths: [`deploy/edge+c1/${gid}/web`] }] }),
        ]),
      );
    }
    done.abort();
    await watching;
    const seen = [...lines].join('\n');
    expect(seen).toContain(`git push --porcelain`);
    expect(seen).toContain(bench.repo.url);
    const spellings = [token, Buffer.from(`emco:${token}`).toString('base64')];
    const cache = join(bench.folder, 'cache');
    const names = await readdir(cache, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'latin1')),
    );
    expect(texts.length).toBeGreaterThan(5);
    for (const secret of spellings) {
      expect(seen).not.toContain(secret);
      for (const text of texts) expect(text).not.toContain(secret);
    }
  });
});
