import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import type { GitBatchResult } from '#domain/ports/plugins.ts';

import { crashBatch } from './crash-batch.ts';
import { startBench } from './support.ts';
import type { Bench } from './support.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./writer-child.ts', import.meta.url));

/** A PATH on which git kills the process that calls it, before or after doing what it was asked. */
async function toDeadlyPath(folder: string, command: string, when: 'before' | 'after'): Promise<string> {
  const real = (await run('sh', ['-c', 'command -v git'])).stdout.trim();
  const bin = join(folder, `bin-${command}-${when}`);
  await mkdir(bin);
  const body = {
    before: `[ "$1" = ${command} ] && { kill -9 $PPID; exit 1; }\nexec ${real} "$@"`,
    after: `[ "$1" = ${command} ] || exec ${real} "$@"\n${real} "$@"\nkill -9 $PPID`,
  };
  await writeFile(join(bin, 'git'), `#!/bin/sh\n${body[when]}\n`);
  await chmod(join(bin, 'git'), 0o755);
  return `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
}

async function write(bench: Bench, path: string): Promise<{ killed: boolean; result: GitBatchResult | null }> {
  const args = [child, bench.repo.url, join(bench.folder, 'cache'), path];
  try {
    const { stdout } = await run(process.execPath, args, { timeout: 30_000 });
    return { killed: false, result: JSON.parse(stdout) as GitBatchResult }; // what the child wrote
  } catch (error) {
    const killed = error instanceof Error && 'signal' in error && error.signal === 'SIGKILL';
    if (!killed) throw error;
    return { killed, result: null };
  }
}

/** Only a repository that holds something is read. */
it.each([
  ['init', 'before', 'new'],
  ['init', 'after', 'new'],
  ['fetch', 'before', 'new'],
  ['fetch', 'after', 'used'],
  ['show-ref', 'after', 'new'],
  ['cat-file', 'before', 'used'],
  ['fast-import', 'before', 'new'],
  ['fast-import', 'after', 'used'],
  ['push', 'before', 'new'],
  ['push', 'after', 'used'],
] as const)(
  'a writer killed at git %s, %s it is done, in a %s repository leaves nothing lost and nothing doubled',
  async (command, when, repository) => {
    await using bench = await startBench();
    const human = repository === 'used' ? [await bench.humanPush({ 'README.md': 'ours' })] : [];
    const first = await write(bench, await toDeadlyPath(bench.folder, command, when));
    expect(first.killed).toBe(true);
    const second = await write(bench, process.env['PATH'] ?? '');
    const third = await write(bench, process.env['PATH'] ?? '');
    const format = '--format=%H %(trailers:key=Emco-Change,valueonly,separator=%x2C)';
    const log = (await bench.git('log', '--reverse', format, 'main')).split('\n').slice(human.length);
    const digests = crashBatch(bench.repo.url, null).changes.map(({ digest }) => digest);
    expect(log.map((line) => line.split(' ')[1])).toEqual(digests);
    const commits = log.map((line) => line.split(' ')[0]);
    for (const { result } of [second, third]) {
      expect(result?.outcomes.map((one) => (one.state === 'committed' ? one.commit : one.message))).toEqual(commits);
    }
    expect(third.result?.pushes).toBe(0);
    expect(await bench.git('fsck', '--full', '--strict')).toBe('');
  },
);
