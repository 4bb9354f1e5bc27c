import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { loadKeyFile, loadOrCreateKeyFile } from '#plugins/store/postgres/index.ts';
import { makeTemporaryFolder } from '#test/support/temporary-folder.ts';

describe('a key file', () => {
  it('is made once, for its owner alone, also by many at the same moment', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'deep', 'key');
    const keys = await Promise.all([1, 2, 3, 4].map(() => loadOrCreateKeyFile(path)));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await loadOrCreateKeyFile(path)).toEqual(keys[0]);
  });

  it('holds base64 or hex', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'key');
    const key = await loadOrCreateKeyFile(path);
    await writeFile(path, key.toString('hex'));
    expect(await loadKeyFile(path)).toEqual(key);
  });

  it('is refused by name, and not by content, when it is no key', async () => {
    await using folder = await makeTemporaryFolder();
    const path = join(folder.path, 'key');
    await expect(loadKeyFile(path)).rejects.toThrow(`key file ${path}: expected 32 bytes in base64 or hex`);
    await writeFile(path, 'hunter2');
    await expect(loadOrCreateKeyFile(path)).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(loadKeyFile(path)).rejects.not.toThrow('hunter2');
    await chmod(path, 0o600);
    expect(await readFile(path, 'utf8')).toBe('hunter2');
  });
});
