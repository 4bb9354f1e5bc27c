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

  it('does not step back through its own changes when a batch is written again', async () => {
    const deployer = bench.deployer();
    const path = `clusters/edge+c1/emco/${gid}.yaml`;
    const steps = ['one', 'two', 'three'].map((value, at) =>
      toChange({ ...toFolders(addBundle(two(value)), ['c1', `d${at}`]), files: [{ path, text: `apps: ${value}\n` }] }),
    );
    const first = await deployer.write(toBatch(bench.repo, steps));
    const again = await deployer.write(toBatch(bench.repo, steps));
    expect(again.pushes).toBe(0);
    expect(commitsOf(again.outcomes)).toEqual(commitsOf(first.outcomes));
    await bench.humanPush({ [`${web('d0')}/a.yaml`]: 'a: hacked\n' });
    const healed = await deployer.write(toBatch(bench.repo, steps));
    expect(healed.outcomes.map((one) => one.state === 'committed' && one.filesWritten)).toEqual([1, 0, 0]);
    expect(await bench.git('rev-parse', 'main^{tree}')).toBe(await bench.git('rev-parse', `${first.head}^{tree}`));
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
