import { GitError } from './git-error.ts';
import type { ObjectReader } from './object-reader.ts';
import type { TreeEntry } from './tree-id.ts';

export type TreeEntries = ReadonlyMap<string, TreeEntry>;

const mostTrees = 50_000;

/** Folders by object id. An id never means anything else, so nothing here goes stale. */
export class TreeCache {
  private readonly trees = new Map<string, TreeEntries>();
  /** What the repository is known to hold, not just what somebody wants it to hold. */
  private readonly stored = new Set<string>();

  get(id: string): TreeEntries | undefined {
    return this.trees.get(id);
  }

  /** A folder that is going to be written. */
  add(id: string, entries: TreeEntries): void {
    this.trees.set(id, entries);
  }

  markStored(ids: Iterable<string>): void {
    for (const id of ids) this.stored.add(id);
  }

  isStored(id: string): boolean {
    return this.stored.has(id);
  }

  /** Reads what is not known yet, all at once. @throws GitError when an object is missing or no folder. */
  async load(ids: Iterable<string>, reader: ObjectReader): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.trees.has(id));
    await Promise.all(unknown.map((id) => this.loadOne(id, reader)));
  }

  /** Between batches: nothing that a batch under way needs gets lost. True when all was forgotten. */
  trim(): boolean {
    if (this.trees.size <= mostTrees) return false;
    this.clear();
    return true;
  }

  /** When the repository was thrown away. */
  clear(): void {
    this.trees.clear();
    this.stored.clear();
  }

  private async loadOne(id: string, reader: ObjectReader): Promise<void> {
    const object = await reader.read(id);
    if (object?.type !== 'tree') {
      throw new GitError('mirror-broken', `object ${id}: expected a folder, found ${object?.type ?? 'nothing'}`);
    }
    this.trees.set(id, parseTree(object.content));
    this.stored.add(id);
  }
}

/** Entries of a tree object. A name that is not UTF-8 keeps its bytes behind a NUL, so that it equals no name of ours. */
function parseTree(content: Buffer): TreeEntries {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const nul = content.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > content.length) throw new GitError('mirror-broken', 'a folder is cut short');
    const bytes = content.subarray(space + 1, nul);
    const text = bytes.toString('utf8');
    const name = text.includes('\uFFFD') ? `\0${bytes.toString('hex')}` : text;
    entries.set(name, {
      mode: content.toString('latin1', at, space),
      id: content.toString('hex', nul + 1, nul + 21),
    });
    at = nul + 21;
  }
  return entries;
}

/** False for a name that `parseTree` could not read as UTF-8. */
export const isSpeakable = (name: string): boolean => !name.startsWith('\0');
