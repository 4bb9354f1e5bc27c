import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { GitOutcome } from '#domain/ports/plugins.ts';

import { addBundle, gid, startBench, toBatch, toChange } from './support.ts';
import type { Bench } from './support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

const web = (cluster: string): string => `deploy/edge+${cluster}/${gid}/web`;
const two = (value = 'one'): Readonly<Record<string, string>> => ({ 'a.yaml': `a: ${value}\n`, 'b.yaml': 'b: 1\n' });
const toFolders = (bundle: ReturnType<typeof addBundle> | null, clusters: readonly string[]) => ({
  folders: [{ bundle, part: 'main' as const, paths: clusters.map(web) }],
});
const commitsOf = (outcomes: readonly GitOutcome[]): readonly string[] =>
  outcomes.map((one) => (one.state === 'committed' ? one.commit : one.message));

describe('writing a batch', () => {
  it('makes the first commit of an empty repository, with author, subject and trailers', async () => {
    const deployer = bench.deployer({ clock: () => new Date('2026-11-22T10:00:00Z') });
    const change = toChange({
      ...toFolders(addBundle(two()), ['c1', 'c2']),
      files: [{ path: 'deploy/edge+c1/.emco', text: 'marker\n' }],
    });
    const result = await deployer.write(toBatch(bench.repo, [change]));
    expect(result).toMatchObject({ pushes: 1, rewritten: false, foreign: [] });
    expect(result.outcomes).toEqual([
      {
        digest: change.digest,
        state: 'committed',
        commit: result.head,
        tree: await bench.git('rev-parse', 'main^{tree}'),
        filesWritten: 5,
      },
    ]);
    expect(await bench.git('log', '--format=%an <%ae>|%cn <%ce>|%cI|%B', 'main')).toBe(
      `emco <emco@localhost>|emco <emco@localhost>|2026-11-22T10:00:00+00:00|${change.change.subject}\n\nEmco-Group: p/ca/v1/g\nEmco-Change: ${change.digest}`,
    );
    expect((await bench.git('ls-tree', '-r', '--name-only', 'main')).split('\n')).toEqual([
      'deploy/edge+c1/.emco',
      `${web('c1')}/a.yaml`,
      `${web('c1')}/b.yaml`,
      `${web('c2')}/a.yaml`,
      `${web('c2')}/b.yaml`,
    ]);
    expect(await bench.git('fsck', '--full', '--strict')).toBe('');
  });

  it('makes no second commit for what is there, and answers with the commit that brought it', async () => {
    const deployer = bench.deployer();
    const change = toChange(toFolders(addBundle(two()), ['c1']));
    const first = await deployer.write(toBatch(bench.repo, [change]));
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c2']))], first.head));
    const again = await deployer.write(toBatch(bench.repo, [change], null));
    expect(again.pushes).toBe(0);
    expect(again.outcomes).toEqual(first.outcomes.map((one) => ({ ...one, filesWritten: 0 })));
    expect(await bench.git('rev-list', '--count', 'main')).toBe('2');
  });

  it('answers with the tip when what is wanted is there and nobody knows who brought it', async () => {
    const tip = await bench.humanPush({ [`${web('c1')}/a.yaml`]: 'a: one\n', [`${web('c1')}/b.yaml`]: 'b: 1\n' });
    const result = await bench.deployer().write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    expect(commitsOf(result.outcomes)).toEqual([tip]);
    expect(result).toMatchObject({ pushes: 0, head: tip });
  });

  it('writes only the files that differ', async () => {
    const deployer = bench.deployer();
    const clusters = Array.from({ length: 40 }, (_, at) => `c${at}`);
    const { head } = await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), clusters))]));
    const second = await deployer.write(
      toBatch(bench.repo, [toChange(toFolders(addBundle(two('two')), clusters))], head),
    );
    expect(second.outcomes).toMatchObject([{ state: 'committed', filesWritten: 40 }]);
    const paths = (await bench.git('diff', '--name-status', `${head}..main`)).split('\n');
    expect(paths).toEqual(clusters.map((one) => `M\t${web(one)}/a.yaml`).sort());
    const third = await deployer.write(
      toBatch(
        bench.repo,
        [toChange(toFolders(addBundle({ 'b.yaml': 'b: 1\n', 'c.yaml': 'c: 1\n' }), ['c1']))],
        second.head,
      ),
    );
    expect(third.outcomes).toMatchObject([{ state: 'committed', filesWritten: 1 }]);
    expect(await bench.git('diff', '--no-renames', '--name-status', `${second.head}..main`)).toBe(
      `D\t${web('c1')}/a.yaml\nA\t${web('c1')}/c.yaml`,
    );
  });

  it('makes one commit per change and one push per batch, each on top of the one before', async () => {
    const deployer = bench.deployer();
    const all = ['one', 'two', 'three'].map((value) => toChange(toFolders(addBundle(two(value)), ['c1', 'c2'])));
    const repeated = toChange(toFolders(addBundle(two('three')), ['c2']));
    const result = await deployer.write(toBatch(bench.repo, [...all, repeated]));
    expect(result.pushes).toBe(1);
    const log = (await bench.git('log', '--reverse', '--format=%H', 'main')).split('\n');
    expect(commitsOf(result.outcomes)).toEqual([...log, log.at(-1)]);
    expect(await bench.git('show', `main:${web('c1')}/a.yaml`)).toBe('a: three');
    expect(await bench.git('show', `main~2:${web('c2')}/a.yaml`)).toBe('a: one');
  });

  it('removes folders and files, and says done when there is nothing to remove', async () => {
    const deployer = bench.deployer();
    const files = [{ path: `clusters/edge+c1/emco/${gid}.yaml`, text: 'x: 1\n' }];
    const bundle = addBundle(two());
    const first = await deployer.write(toBatch(bench.repo, [toChange({ ...toFolders(bundle, ['c1', 'c2']), files })]));
    const gone = toChange({ ...toFolders(null, ['c1']), files: [{ path: files[0]?.path ?? '', text: null }] });
    const second = await deployer.write(toBatch(bench.repo, [gone], first.head));
    expect(await bench.git('ls-tree', '-r', '--name-only', 'main')).toBe(`${web('c2')}/a.yaml\n${web('c2')}/b.yaml`);
    const nothing = await deployer.write(toBatch(bench.repo, [toChange(toFolders(null, ['c9']))], second.head));
    expect(nothing).toMatchObject({
      pushes: 0,
      head: second.head,
      outcomes: [{ state: 'committed', commit: second.head }],
    });
  });

  it('takes an earlier content again without writing a blob', async () => {
    const deployer = bench.deployer();
    const [one, other] = [addBundle(two('one')), addBundle(two('two'))];
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(one, ['c1']))]));
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(other, ['c1']))]));
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(one, ['c1']))]));
    expect(await bench.git('rev-parse', 'main^{tree}')).toBe(await bench.git('rev-parse', `${first.head}^{tree}`));
  });

  it('holds names with spaces, quotes and letters of all scripts', async () => {
    const bundle = addBundle({ 'a "quoted" name.yaml': 'a: 1\n', 'ünï – 名.yaml': 'b: 1\n' });
    const change = toChange({ folders: [{ bundle, part: 'main', paths: [`deploy/edge+ü c/${gid}/web`] }] });
    const deployer = bench.deployer();
    expect((await deployer.write(toBatch(bench.repo, [change]))).outcomes).toMatchObject([
      { state: 'committed', filesWritten: 2 },
    ]);
    expect((await deployer.write(toBatch(bench.repo, [change]))).pushes).toBe(0);
    expect(await bench.git('-c', 'core.quotePath=false', 'ls-tree', '-r', '--name-only', '-z', 'main')).toContain(
      'ünï – 名.yaml',
    );
  });

  it('makes a branch that the repository does not have yet', async () => {
    await bench.humanPush({ 'readme.md': 'hello\n' });
    const repo = { ...bench.repo, branch: 'fleet/a' };
    const result = await bench.deployer().write(toBatch(repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    expect(await bench.git('rev-parse', 'fleet/a')).toBe(result.head);
  });

  it('asks for each bundle once', async () => {
    const asked: string[] = [];
    const bundle = addBundle(two());
    const batch = toBatch(bench.repo, [toChange(toFolders(bundle, ['c1'])), toChange(toFolders(bundle, ['c2']))]);
    await bench.deployer().write({
      ...batch,
      loadParts: (all) => {
        asked.push(...all);
        return batch.loadParts(all);
      },
    });
    expect(asked).toEqual([bundle]);
  });

  it('stops without a push when the heartbeat says so', async () => {
    const batch = toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]);
    let beats = 0;
    const heartbeat = (): void => {
      beats += 1;
      if (beats > 2) throw new Error('cancelled');
    };
    await expect(bench.deployer().write({ ...batch, heartbeat })).rejects.toThrow('cancelled');
    expect(await bench.git('for-each-ref')).toBe('');
  });
});

describe('a repository that others use too', () => {
  it('keeps foreign commits and reports them', async () => {
    const deployer = bench.deployer();
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    const foreign = await bench.humanPush({ 'readme.md': 'hello\n' }, 'Say hello');
    const second = await deployer.write(
      toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c2']))], first.head),
    );
    expect(second.foreign).toEqual([{ commit: foreign, author: 'Human <human@example.org>', subject: 'Say hello' }]);
    expect(second.rewritten).toBe(false);
    expect(await bench.git('show', 'main:readme.md')).toBe('hello');
    expect(await bench.git('rev-parse', 'main~1')).toBe(foreign);
  });

  it('does not take its own unanswered commits for foreign ones', async () => {
    const deployer = bench.deployer();
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    const change = toChange(toFolders(addBundle(two()), ['c2']));
    const lost = await deployer.write(toBatch(bench.repo, [change], first.head));
    const retry = await deployer.write(toBatch(bench.repo, [change], first.head));
    expect(retry).toMatchObject({ foreign: [], pushes: 0, head: lost.head });
    expect(commitsOf(retry.outcomes)).toEqual([lost.head]);
  });

  it('overwrites what others changed, added or removed inside an owned folder, and reports them', async () => {
    const deployer = bench.deployer();
    const bundle = addBundle(two());
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))]));
    await bench.humanPush({
      [`${web('c1')}/a.yaml`]: 'a: hacked\n',
      [`${web('c1')}/b.yaml`]: null,
      [`${web('c1')}/sub/c.yaml`]: 'c: 1\n',
    });
    const second = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))], first.head));
    expect(second.foreign).toHaveLength(1);
    expect(second.outcomes).toMatchObject([{ state: 'committed', filesWritten: 2 }]);
    expect(await bench.git('rev-parse', 'main^{tree}')).toBe(await bench.git('rev-parse', `${first.head}^{tree}`));
  });

  it('heals a branch that was rewritten, on the new tip and without force', async () => {
    const deployer = bench.deployer();
    const base = await bench.humanPush({ 'readme.md': 'hello\n' });
    const bundle = addBundle(two());
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))]));
    await bench.git('update-ref', 'refs/heads/main', base);
    const other = await bench.humanPush({ 'other.md': 'x\n' });
    const second = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))], first.head));
    expect(second.rewritten).toBe(true);
    expect(second.foreign.map(({ commit }) => commit)).toEqual([other]);
    expect(await bench.git('rev-parse', 'main~1')).toBe(other);
    expect(await bench.git('show', `main:${web('c1')}/a.yaml`)).toBe('a: one');
  });

  it('notices that the branch is gone and makes it again', async () => {
    const deployer = bench.deployer();
    const change = toChange(toFolders(addBundle(two()), ['c1']));
    const first = await deployer.write(toBatch(bench.repo, [change]));
    await bench.git('update-ref', '-d', 'refs/heads/main');
    const second = await deployer.write(toBatch(bench.repo, [change], first.head));
    expect(second).toMatchObject({ rewritten: true, pushes: 1 });
    expect(await bench.git('rev-parse', 'main')).toBe(second.head);
  });

  it('loses nothing when others push all the time', async () => {
    const deployer = bench.deployer();
    await bench.humanPush({ 'readme.md': 'hello\n' });
    const foreign: string[] = [];
    const human = (async () => {
      for (let at = 0; at < 12; at++) foreign.push(await bench.humanPush({ [`notes/${at}.md`]: `${at}\n` }));
    })();
    const digests: string[] = [];
    let head: string | null = null;
    for (let at = 0; at < 8; at++) {
      const change = toChange(toFolders(addBundle(two(`round ${at}`)), ['c1', `d${at}`]));
      const result = await deployer.write(toBatch(bench.repo, [change], head));
      digests.push(change.digest);
      head = result.head;
      expect(result.outcomes).toMatchObject([{ state: 'committed' }]);
    }
    await human;
    const log = await bench.git('log', '--format=%H %(trailers:key=Emco-Change,valueonly,separator=%x2C)', 'main');
    for (const commit of foreign) expect(log).toContain(commit);
    for (const digest of digests) expect(log.split(digest)).toHaveLength(2);
    expect(foreign).toHaveLength(12);
  });

  it('builds again on the new tip when somebody pushes between fetch and push', async () => {
    // The server's hook moves the branch under the push, once: what a faster writer does.
    await bench.humanPush({ 'readme.md': 'hello\n' });
    const flag = join(bench.folder, 'moved');
    const hook = join(bench.bare, 'hooks', 'pre-receive');
    const move = `c=$(git commit-tree -p main -m Faster main^{tree} </dev/null) && git update-ref refs/heads/main $c`;
    const identity = 'GIT_AUTHOR_NAME=h GIT_AUTHOR_EMAIL=h@x GIT_COMMITTER_NAME=h GIT_COMMITTER_EMAIL=h@x';
    await writeFile(
      hook,
      `#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\nexport ${identity}\n[ -e ${flag} ] || { touch ${flag}; ${move}; }\n`,
    );
    await chmod(hook, 0o755);
    const result = await bench.deployer().write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    expect(result.pushes).toBe(2);
    expect(await bench.git('log', '--format=%s', 'main~1')).toBe('Faster\nBy hand');
  });
});

describe('the mirror', () => {
  it('is made again when it is gone or broken', async () => {
    const deployer = bench.deployer();
    const bundle = addBundle(two());
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))]));
    const cache = join(bench.folder, 'cache');
    const [mirror = ''] = (await readdir(cache)).filter((name) => /\.0$/.test(name));
    await rm(join(cache, mirror, 'objects'), { recursive: true });
    const second = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c2']))], first.head));
    expect(second).toMatchObject({ pushes: 1, rewritten: false, foreign: [] });
    await rm(join(cache, mirror), { recursive: true });
    const third = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c3']))], second.head));
    expect(third).toMatchObject({ pushes: 1, rewritten: false, foreign: [] });
    expect(await bench.git('rev-list', '--count', 'main')).toBe('3');
  });

  it('is not shared by two that write at the same time, and both get through', async () => {
    const [one, other] = [bench.deployer(), bench.deployer()];
    const bundle = addBundle(two());
    const results = await Promise.all([
      one.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))])),
      other.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c2']))])),
    ]);
    expect(results.flatMap(({ outcomes }) => outcomes.map(({ state }) => state))).toEqual(['committed', 'committed']);
    const mirrors = (await readdir(join(bench.folder, 'cache'))).filter((name) => /\.\d$/.test(name));
    expect(mirrors.map((name) => name.slice(-2)).sort()).toEqual(['.0', '.1']);
    expect(await bench.git('rev-list', '--count', 'main')).toBe('2');
  });

  it('takes batches of one process one after the other', async () => {
    const deployer = bench.deployer();
    const batches = Array.from({ length: 6 }, (_, at) =>
      toBatch(bench.repo, [toChange(toFolders(addBundle(two()), [`c${at}`]))]),
    );
    const results = await Promise.all(batches.map((batch) => deployer.write(batch)));
    expect(results.map(({ pushes }) => pushes)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await bench.git('rev-list', '--count', 'main')).toBe('6');
  });

  it('is tidied when nothing happens, and writes go on afterwards', async () => {
    const deployer = bench.deployer({ idleMs: 1 });
    let head: string | null = null;
    for (let at = 0; at < 5; at++) {
      head = (await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two(`${at}`)), ['c1']))], head)))
        .head;
    }
    expect(await bench.git('rev-list', '--count', 'main')).toBe('5');
  });
});

describe('reading', () => {
  it('gives the trees of folders at a commit, and null for what is not there', async () => {
    const deployer = bench.deployer();
    const { head } = await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two('two')), ['c1']))]));
    const reader = bench.deployer({ cacheFolder: join(bench.folder, 'another cache') });
    const trees = await reader.treesAt(bench.repo, head, [web('c1'), web('c2'), `${web('c1')}/a.yaml`, 'deploy']);
    expect([...trees]).toEqual([
      [web('c1'), await bench.git('rev-parse', `${head}:${web('c1')}`)],
      [web('c2'), null],
      [`${web('c1')}/a.yaml`, null],
      ['deploy', await bench.git('rev-parse', `${head}:deploy`)],
    ]);
  });

  it('fetches a commit that it has not seen, and says null for one that nobody has', async () => {
    const deployer = bench.deployer();
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    const later = await bench.humanPush({ 'readme.md': 'x\n' });
    expect((await deployer.treesAt(bench.repo, later, [web('c1')])).get(web('c1'))).toMatch(/^[0-9a-f]{40}$/);
    expect([...(await deployer.treesAt(bench.repo, 'a'.repeat(40), [web('c1')]))]).toEqual([[web('c1'), null]]);
    await expect(deployer.treesAt(bench.repo, '--all', [])).rejects.toThrow(/expected a commit id of 40 hex digits/);
  });

  it('knows the head of the remote', async () => {
    const deployer = bench.deployer();
    expect(await deployer.remoteHead(bench.repo)).toBeNull();
    const commit = await bench.humanPush({ 'readme.md': 'x\n' });
    expect(await deployer.remoteHead(bench.repo)).toBe(commit);
    expect(await deployer.remoteHead({ ...bench.repo, branch: 'mai' })).toBeNull();
  });
});
