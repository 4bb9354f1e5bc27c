import { parse } from 'yaml';

import type { ChangeSet } from '#domain/plan.ts';

import type { ObjectReader } from './object-reader.ts';
import { treeMode } from './tree-id.ts';
import type { TreeState } from './tree-state.ts';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const limitBytes = 1_000_000;

/** Files of a change that put an agent object under a cluster's bootstrap folder. */
const agentPaths = ({ files }: ChangeSet): readonly string[] =>
  files.flatMap(({ path, text }) => (text !== null && path.startsWith('clusters/') ? [path] : []));

const toBootstrapFolder = (agentPath: string): string => agentPath.split('/').slice(0, 2).join('/');

/** Paths that must be loaded before `BootstrapFiles.load`. */
export const bootstrapPaths = (change: ChangeSet): readonly string[] =>
  agentPaths(change).flatMap((path) => names.map((name) => `${toBootstrapFolder(path)}/${name}`));

/**
 * The kustomizations that operators keep in bootstrap folders. Where there is one, Flux takes only what it lists, and an agent
 * object beside it would never be applied.
 */
export class BootstrapFiles {
  private readonly resources = new Map<string, ReadonlySet<string>>();

  async load(changes: readonly ChangeSet[], state: TreeState, reader: ObjectReader): Promise<void> {
    const paths = [...new Set(changes.flatMap(bootstrapPaths))].sort();
    await Promise.all(
      paths.map(async (path) => {
        const found = state.find(path);
        if (found?.id == null || found.mode === treeMode) return;
        const object = await reader.read(found.id);
        this.resources.set(path, toResources(object?.content));
      }),
    );
  }

  /** The line that the operator has to add, or null. */
  check(change: ChangeSet): string | null {
    for (const path of agentPaths(change)) {
      const folder = toBootstrapFolder(path);
      const wanted = path.slice(folder.length + 1);
      for (const name of names) {
        const listed = this.resources.get(`${folder}/${name}`);
        if (listed === undefined || listed.has('emco') || listed.has(wanted)) continue;
        return (
          `file ${folder}/${name}: expected the line \`- ${wanted}\` under resources, found none; ` +
          'add it, or remove the file so that Flux takes the whole folder'
        );
      }
    }
    return null;
  }
}

/** Entries of `resources` without `./` and slash at the end; none when the file is unreadable. */
function toResources(content: Buffer | undefined): ReadonlySet<string> {
  if (content === undefined || content.length > limitBytes) return new Set();
  try {
    const document: unknown = parse(content.toString('utf8'), { maxAliasCount: 10 });
    const listed =
      typeof document === 'object' && document !== null && 'resources' in document ? document.resources : [];
    const entries: readonly unknown[] = Array.isArray(listed) ? listed : [];
    return new Set(entries.flatMap((entry) => (typeof entry === 'string' ? [normalise(entry)] : [])));
  } catch {
    return new Set(); // Flux can't read it either, and says so
  }
}

const normalise = (entry: string): string => entry.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
