import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export async function isPresent(path: string): Promise<boolean> {
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
  const workDir = await mkdtemp(join(entry.cacheDir, `.${entry.folder}-`));
  try {
    if (await isComplete(entry)) return;
    await fill(workDir);
    await chmod(workDir, 0o755);
    await publish(workDir, entry);
  } finally {
    await rm(workDir, { recursive: true, force: true });
    await release();
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
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    // A link appears with its content, so no reader ever sees a lock without an owner.
    while (!(await isLinked(mine, path))) {
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
      else await delay(200);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(path, { force: true });
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
