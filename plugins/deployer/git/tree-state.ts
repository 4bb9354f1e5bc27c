import { GitError } from './git-error.ts';
import type { ObjectReader } from './object-reader.ts';
import type { TreeCache, TreeEntries } from './tree-cache.ts';
import { treeMode } from './tree-id.ts';
import type { TreeEntry } from './tree-id.ts';

interface Node {
  readonly mode: string;
  /** Null when something below was changed and the id is not known any more. */
  id: string | null;
  /** Null when not opened yet; then the cache has the entries of `id`, or `load` was not asked for them. */
  children: Map<string, Node> | null;
}

/** What a path holds. `id` is null for a folder that was changed below since it was read. */
export interface Found {
  readonly mode: string;
  readonly id: string | null;
}

/** The content of a commit as far as it was looked at, and what the batch's changes made of it so far. */
export class TreeState {
  private readonly root: Node;
  private readonly cache: TreeCache;

  constructor(rootTree: string | null, cache: TreeCache) {
    this.root = { mode: treeMode, id: rootTree, children: rootTree === null ? new Map() : null };
    this.cache = cache;
  }

  /** Reads all folders above the paths, level by level, so that `find` can answer for each of them. */
  async load(paths: readonly string[], reader: ObjectReader): Promise<void> {
    let level = paths.map((path) => ({ node: this.root, rest: path.split('/') }));
    while (level.length > 0) {
      await this.open(
        level.map(({ node }) => node),
        reader,
      );
      level = level.flatMap(({ node, rest }) => {
        const child = this.childrenOf(node).get(rest[0] ?? '');
        return rest.length > 1 && child?.mode === treeMode ? [{ node: child, rest: rest.slice(1) }] : [];
      });
    }
  }

  /** Reads the entries of the folders at these paths; their parents are loaded. */
  async loadFolders(paths: readonly string[], reader: ObjectReader): Promise<void> {
    const nodes = paths.flatMap((path) => this.walk(path) ?? []);
    await this.open(
      nodes.filter((node) => node.mode === treeMode),
      reader,
    );
  }

  find(path: string): Found | null {
    return this.walk(path);
  }

  /** Entries of a loaded folder; empty where there is no folder. */
  entries(path: string): TreeEntries {
    const node = this.walk(path);
    if (node === null || node.mode !== treeMode) return new Map();
    return new Map([...this.childrenOf(node)].map(([name, child]) => [name, toEntry(child)]));
  }

  put(path: string, entry: TreeEntry): void {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    let node = this.root;
    for (const segment of segments) {
      node.id = null;
      const children = this.childrenOf(node);
      const next = children.get(segment);
      const folder = next?.mode === treeMode ? next : { mode: treeMode, id: null, children: new Map<string, Node>() };
      children.set(segment, folder);
      node = folder;
    }
    node.id = null;
    this.childrenOf(node).set(name, { ...entry, children: null });
  }

  /** Git keeps no empty folders, so parents that become empty go too. */
  remove(path: string): void {
    removeBelow(this.root, path.split('/'), (node) => this.childrenOf(node));
  }

  private async open(nodes: readonly Node[], reader: ObjectReader): Promise<void> {
    const unread = nodes.flatMap(({ id, children }) => (children === null && id !== null ? [id] : []));
    await this.cache.load(unread, reader);
  }

  private walk(path: string): Node | null {
    let node: Node = this.root;
    for (const segment of path.split('/')) {
      const next: Node | undefined = node.mode === treeMode ? this.childrenOf(node).get(segment) : undefined;
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  private childrenOf(node: Node): Map<string, Node> {
    if (node.children !== null) return node.children;
    const entries = node.id === null ? undefined : this.cache.get(node.id);
    if (entries === undefined)
      throw new GitError('mirror-broken', `folder ${node.id}: expected it loaded, found it not`);
    node.children = new Map([...entries].map(([name, { mode, id }]) => [name, { mode, id, children: null }]));
    return node.children;
  }
}

/** An unknown id equals none. */
const toEntry = ({ mode, id }: Node): TreeEntry => ({ mode, id: id ?? '' });

function removeBelow(node: Node, [name = '', ...rest]: string[], open: (node: Node) => Map<string, Node>): void {
  const children = open(node);
  const child = children.get(name);
  if (child === undefined) return;
  if (rest.length > 0) {
    if (child.mode !== treeMode) return;
    removeBelow(child, rest, open);
  }
  node.id = null;
  if (rest.length === 0 || open(child).size === 0) children.delete(name);
}
