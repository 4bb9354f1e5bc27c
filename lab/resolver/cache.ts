import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOCK_POLL_MS = 200;
const LOCK_TOUCH_MS = 1_000;
const LOCK_ABANDONED_MS = 8_000;
const WORK_ABANDONED_MS = 2 * 3_600_000;

async function isPresent(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** A folder of the cache and the names in it that make it complete. */
export interface CacheEntry {
  readonly cacheDir: string;
  /** `<tool>-<version>`. */
  readonly folder: string;
  readonly contents: readonly string[];
}

export async function isComplete(entry: CacheEntry): Promise<boolean> {
  const found = await Promise.all(entry.contents.map((name) => isPresent(join(entry.cacheDir, entry.folder, name))));
  return found.every(Boolean);
}

/**
 * Fills one folder of the cache: `fill` works in a folder of its own, which takes its place by one rename, so a reader sees all of
 * it or nothing. A lock spares two installers the double work; correctness does not hang on it.
 */
export async function fillCache(entry: CacheEntry, fill: (workDir: string) => Promise<void>): Promise<void> {
  await mkdir(entry.cacheDir, { recursive: true });
  const release = await takeLock(join(entry.cacheDir, `${entry.folder}.lock`));
  try {
    if (!(await isComplete(entry))) await fillUnlocked(entry, fill);
  } finally {
    await release();
  }
}

async function fillUnlocked(entry: CacheEntry, fill: (workDir: string) => Promise<void>): Promise<void> {
  const prefix = `.${entry.folder}-`;
  await removeAbandoned(entry.cacheDir, prefix);
  const workDir = await mkdtemp(join(entry.cacheDir, prefix));
  try {
    await fill(workDir);
    await chmod(workDir, 0o755);
    await publish(workDir, entry);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Clears away what a killed installer left; a young folder may belong to one that is at work. */
async function removeAbandoned(cacheDir: string, prefix: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const path = join(cacheDir, name);
    if (name.startsWith(prefix) && (await isOlder(path, WORK_ABANDONED_MS))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function publish(workDir: string, entry: CacheEntry): Promise<void> {
  const target = join(entry.cacheDir, entry.folder);
  for (;;) {
    try {
      await rename(workDir, target);
      return;
    } catch (error) {
      if (await isComplete(entry)) return;
      if (!(await isPresent(target))) throw error;
      await rm(target, { recursive: true, force: true }); // the remains of something older
    }
  }
}

async function takeLock(path: string): Promise<() => Promise<void>> {
  while (!(await isCreated(path))) {
    // The age says whether the owner still touches it; a pid would say nothing about a zombie or another container.
    if (await isOlder(path, LOCK_ABANDONED_MS)) await removeStale(path);
    else await delay(LOCK_POLL_MS);
  }
  const touch = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), LOCK_TOUCH_MS);
  return async () => {
    clearInterval(touch);
    await rm(path, { force: true });
  };
}

/** Moves an abandoned lock out of the way; a young one, which somebody took in the meantime, is put back. */
async function removeStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (!(await isOlder(aside, LOCK_ABANDONED_MS))) await link(aside, path);
  } catch {
    // somebody else was quicker
  } finally {
    await rm(aside, { force: true });
  }
}

async function isOlder(path: string, ageMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ageMs;
}

async function isCreated(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
