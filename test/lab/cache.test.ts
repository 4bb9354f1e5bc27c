import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { fillCache, isComplete } from '#lab/resolver/cache.ts';
import type { CacheEntry } from '#lab/resolver/cache.ts';

const LONG_AGO = new Date(Date.now() - 24 * 3_600_000);

let cacheDir = '';
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'emco-cache-'));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

function entry(): CacheEntry {
  return { cacheDir, folder: 'tool-1.0', contents: ['tool', 'crds'] };
}

async function produce(workDir: string): Promise<void> {
  await writeFile(join(workDir, 'tool'), 'program');
  await mkdir(join(workDir, 'crds'));
}

describe('filling the cache', () => {
  it('leaves the finished folder and nothing else', async () => {
    await fillCache(entry(), produce);
    expect(await isComplete(entry())).toBe(true);
    expect(await readdir(cacheDir)).toEqual(['tool-1.0']);
  });

  it('does the work once when several ask at the same time', async () => {
    let times = 0;
    const count = async (workDir: string): Promise<void> => {
      times += 1;
      await produce(workDir);
    };
    await Promise.all([1, 2, 3].map(() => fillCache(entry(), count)));
    expect(times).toBe(1);
    expect(await readdir(cacheDir)).toEqual(['tool-1.0']);
  });

  it('leaves nothing behind when the work fails, and works the next time', async () => {
    const fail = async (workDir: string): Promise<void> => {
      await writeFile(join(workDir, 'tool'), 'half');
      throw new Error('the network is gone');
    };
    await expect(fillCache(entry(), fail)).rejects.toThrow('the network is gone');
    expect(await readdir(cacheDir)).toEqual([]);
    await fillCache(entry(), produce);
    expect(await isComplete(entry())).toBe(true);
  });

  it('replaces the remains of an incomplete folder', async () => {
    await mkdir(join(cacheDir, 'tool-1.0'));
    await writeFile(join(cacheDir, 'tool-1.0/tool'), 'old');
    await fillCache(entry(), produce);
    expect(await isComplete(entry())).toBe(true);
  });

  it('clears away what a killed installer left', async () => {
    await mkdir(join(cacheDir, '.tool-1.0-killed'));
    await utimes(join(cacheDir, '.tool-1.0-killed'), LONG_AGO, LONG_AGO);
    await fillCache(entry(), produce);
    expect(await readdir(cacheDir)).toEqual(['tool-1.0']);
  });

  it('takes over a lock that its owner no longer touches', async () => {
    const lock = join(cacheDir, 'tool-1.0.lock');
    await writeFile(lock, '');
    await utimes(lock, LONG_AGO, LONG_AGO);
    let times = 0;
    const count = async (workDir: string): Promise<void> => {
      times += 1;
      await produce(workDir);
    };
    await Promise.all([1, 2, 3, 4].map(() => fillCache(entry(), count)));
    expect(times).toBe(1);
    expect(await readdir(cacheDir)).toEqual(['tool-1.0']);
  });
});
