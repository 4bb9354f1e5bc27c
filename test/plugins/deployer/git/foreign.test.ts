import { chmod, writeFile } from 'node:fs/promises';
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
