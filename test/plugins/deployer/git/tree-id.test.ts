import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { toTreeId } from '#plugins/deployer/git/index.ts';

it.each([
  ['one file', { 'a.yaml': 'a: 1\n' }],
  ['an empty file', { 'a.yaml': '' }],
  [
    'names whose order differs by bytes and by letters',
    { 'b.yaml': '1', 'B.yaml': '2', 'a-b.yaml': '3', 'a.b.yaml': '4', 'ab.yaml': '5' },
  ],
  ['names of all scripts', { '\u{1F600}.yaml': '1', '\uFFEE.yaml': '2', 'ü.yaml': '3' }],
])('gives the id that git gives a folder with %s', (_what, files) => {
  const folder = mkdtempSync(join(tmpdir(), 'emco-tree-'));
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
    git('init', '--quiet');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    git('add', '-A');
    const list = Object.entries(files).map(([path, text]) => ({ path, text }));
    expect(toTreeId(list)).toBe(git('write-tree'));
    expect(toTreeId(list.toReversed())).toBe(toTreeId(list));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('gives git’s empty tree for no files', () => {
  expect(toTreeId([])).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
});
