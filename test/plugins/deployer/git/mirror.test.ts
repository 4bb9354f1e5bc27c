import { execFileSync } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { waitUntil } from '#lab/process/index.ts';

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

describe('the mirror', () => {
  it('is made again when it is gone or broken', async () => {
    const deployer = bench.deployer();
    const bundle = addBundle(two());
    const first = await deployer.write(toBatch(bench.repo, [toChange(toFolders(bundle, ['c1']))]));
    const cache = join(bench.folder, 'cache');
    const mirror = (await readdir(cache)).find((name) => name.endsWith('.0')) ?? '';
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

  it('is packed when nothing happens, and writes go on afterwards', async () => {
    const deployer = bench.deployer({ idleMs: 50 });
    const write = (value: string): ReturnType<typeof deployer.write> =>
      deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two(value)), ['c1']))]));
    await write('one');
    const cache = join(bench.folder, 'cache');
    const mirror = join(cache, (await readdir(cache)).find((name) => name.endsWith('.0')) ?? '');
    const countPacks = async (): Promise<number> =>
      (await readdir(join(mirror, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length;
    for (let at = 0; at < 45; at++) {
      const input = `blob\nmark :1\ndata 3\n${at + 100}\n`;
      execFileSync('git', ['-C', mirror, '-c', 'fastimport.unpackLimit=0', 'fast-import', '--quiet'], { input });
    }
    expect(await countPacks()).toBe(45);
    await write('two');
    await waitUntil(async () => (await countPacks()) < 3, { timeoutMs: 30_000, expected: 'fewer than three packs' });
    expect(await write('three')).toMatchObject({ pushes: 1 });
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
      [`${web('c1')}/a.yaml`, await bench.git('rev-parse', `${head}:${web('c1')}/a.yaml`)],
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

  it('tells what others committed since a head of ours, and that the branch was rewritten', async () => {
    const deployer = bench.deployer();
    const { head } = await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two()), ['c1']))]));
    expect(await deployer.foreignSince(bench.repo, head)).toEqual({ foreign: [], rewritten: false });
    const commit = await bench.humanPush({ 'readme.md': 'x\n' });
    await deployer.write(toBatch(bench.repo, [toChange(toFolders(addBundle(two('two')), ['c1']))]));
    const since = await deployer.foreignSince(bench.repo, head);
    expect(since).toMatchObject({ foreign: [{ commit }], rewritten: false });
    expect(await deployer.foreignSince(bench.repo, 'a'.repeat(40))).toMatchObject({ rewritten: true });
  });

  it('knows the head of the remote', async () => {
    const deployer = bench.deployer();
    expect(await deployer.remoteHead(bench.repo)).toBeNull();
    const commit = await bench.humanPush({ 'readme.md': 'x\n' });
    expect(await deployer.remoteHead(bench.repo)).toBe(commit);
    expect(await deployer.remoteHead({ ...bench.repo, branch: 'mai' })).toBeNull();
  });
});
