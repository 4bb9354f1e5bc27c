import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { Failure } from '#domain/failure.ts';

/** A folder that one process has for itself until it gives it back or ends. */
export interface MirrorSlot {
  readonly folder: string;
  /** False when somebody else holds the slot by now. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

const mostSlots = 64;

/** The first free of `<name>.0`, `<name>.1`, …: what an ended process left behind is taken over, with its content. */
export async function takeSlot(cacheFolder: string, name: string): Promise<MirrorSlot> {
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const owner = `${hostname()} ${process.pid} ${await readStartTime(process.pid)} ${randomUUID()}`;
  for (let at = 0; at < mostSlots; at++) {
    const folder = join(cacheFolder, `${name}.${at}`);
    if (await tryLock(`${folder}.lock`, owner)) return toSlot(folder, owner);
  }
  throw new Failure('internal', [
    { object: `cache folder ${cacheFolder}`, expected: `a free slot among ${mostSlots}`, found: 'all in use' },
  ]);
}

function toSlot(folder: string, owner: string): MirrorSlot {
  const lock = `${folder}.lock`;
  const isOurs = async (): Promise<boolean> => (await readOwner(lock)) === owner;
  return {
    folder,
    isOurs,
    release: async () => {
      if (await isOurs()) await rm(lock, { force: true });
    },
  };
}

async function tryLock(lock: string, owner: string): Promise<boolean> {
  const draft = `${lock}.${randomUUID()}`;
  await writeFile(draft, owner, { mode: 0o600 });
  try {
    if (await tryLink(draft, lock)) return true;
    const holder = await readOwner(lock);
    if (holder !== null && (await isAlive(holder))) return false;
    if (holder !== null && !(await removeStale(lock, holder))) return false;
    return await tryLink(draft, lock);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two may find the same dead holder; the one that moved away a living holder's lock puts it back. */
async function removeStale(lock: string, holder: string): Promise<boolean> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch {
    return true; // gone already
  }
  const moved = await readOwner(aside);
  if (moved !== holder) await tryLink(aside, lock);
  await rm(aside, { force: true });
  return moved === holder;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(lock: string): Promise<string | null> {
  try {
    return await readFile(lock, 'utf8');
  } catch {
    return null;
  }
}

/** Another machine's holder counts as alive: nothing here can tell. */
async function isAlive(holder: string): Promise<boolean> {
  const [host, pidText = '', startTime] = holder.split(' ');
  const pid = Number(pidText);
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return host !== hostname();
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await readStartTime(pid)) === startTime;
}

/** Tells a process from a later one with the same id; `-` where the system does not say. */
async function readStartTime(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
