import type { ChangeFolder, ChangeSet } from '#domain/plan.ts';

import type { DesiredTree, DesiredTrees } from './desired.ts';
import { isSpeakable } from './tree-cache.ts';
import type { TreeCache } from './tree-cache.ts';
import { fileMode, toBlobId, treeMode } from './tree-id.ts';
import type { TreeState } from './tree-state.ts';

/** One line of a commit, in the terms of `git fast-import`. */
export type Command =
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'blob'; readonly path: string; readonly id: string; readonly text: string }
  | { readonly op: 'tree'; readonly path: string; readonly id: string }
  | { readonly op: 'copy'; readonly path: string; readonly from: string };

export interface PlannedChange {
  readonly commands: readonly Command[];
  /** Files that are new or have other bytes; what goes away is not counted. */
  readonly filesWritten: number;
}

/** What the changes of one batch share. */
export interface PlanContext {
  readonly state: TreeState;
  readonly cache: TreeCache;
  readonly desired: DesiredTrees;
  /** Trees that the commits of this stream bring; those of earlier commits can be named. */
  readonly written: Set<string>;
}

/** The difference between the state and the change, and the state moved on. Cost follows what differs. */
export function planChange(change: ChangeSet, context: PlanContext): PlannedChange {
  const planner = new Planner(context);
  const folders = change.folders.flatMap((folder) => folder.paths.map((path) => ({ path, folder })));
  const files = change.files.map((file) => ({ path: file.path, file }));
  for (const step of [...folders, ...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if ('folder' in step) planner.folder(step.path, step.folder);
    else planner.file(step.path, step.file.text);
  }
  return planner.end();
}

class Planner {
  private readonly commands: Command[] = [];
  private filesWritten = 0;
  /** Where in this commit a tree stands that no earlier commit has. */
  private readonly madeHere = new Map<string, string>();
  private readonly context: PlanContext;

  constructor(context: PlanContext) {
    this.context = context;
  }

  end(): PlannedChange {
    for (const id of this.madeHere.keys()) this.context.written.add(id);
    return { commands: this.commands, filesWritten: this.filesWritten };
  }

  file(path: string, text: string | null): void {
    const { state } = this.context;
    const found = state.find(path);
    if (text === null) {
      if (found !== null) this.remove(path);
      return;
    }
    const id = toBlobId(text);
    if (found?.id === id && found.mode === fileMode) return;
    state.put(path, { mode: fileMode, id });
    this.commands.push({ op: 'blob', path, id, text });
    this.filesWritten += 1;
  }

  folder(path: string, folder: ChangeFolder): void {
    const { state, desired } = this.context;
    const found = state.find(path);
    const wanted = desired.get(folder);
    if (wanted === null) {
      if (found !== null) this.remove(path);
      return;
    }
    if ('refused' in wanted || (found?.id === wanted.id && found.mode === treeMode)) return;
    this.write(path, wanted);
    state.put(path, { mode: treeMode, id: wanted.id });
  }

  private remove(path: string): void {
    this.context.state.remove(path);
    this.commands.push({ op: 'remove', path });
  }

  /** A tree that exists is named, a tree of this commit copied; only what is new is spelled out. */
  private write(path: string, wanted: DesiredTree): void {
    const { cache, written } = this.context;
    cache.add(wanted.id, wanted.entries);
    const difference = this.compare(path, wanted);
    this.filesWritten += difference.changed.length;
    const from = this.madeHere.get(wanted.id);
    if (cache.isStored(wanted.id) || written.has(wanted.id)) {
      this.commands.push({ op: 'tree', path, id: wanted.id });
    } else if (from !== undefined) {
      this.commands.push({ op: 'copy', path, from });
    } else {
      this.spell(path, wanted, difference);
      this.madeHere.set(wanted.id, path);
    }
  }

  private spell(path: string, wanted: DesiredTree, { changed, gone, unclear }: Difference): void {
    if (unclear) this.commands.push({ op: 'remove', path });
    else for (const name of gone) this.commands.push({ op: 'remove', path: `${path}/${name}` });
    for (const name of unclear ? wanted.entries.keys() : changed) {
      const id = wanted.entries.get(name)?.id ?? '';
      this.commands.push({ op: 'blob', path: `${path}/${name}`, id, text: wanted.texts.get(name) ?? '' });
    }
  }

  private compare(path: string, wanted: DesiredTree): Difference {
    const present = this.context.state.entries(path);
    const changed = [...wanted.entries].flatMap(([name, { mode, id }]) => {
      const before = present.get(name);
      return before?.id === id && before.mode === mode ? [] : [name];
    });
    const gone = [...present.keys()].filter((name) => !wanted.entries.has(name));
    return { changed, gone, unclear: ![...present.keys()].every(isSpeakable) };
  }
}

interface Difference {
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  /** The folder holds a name that can't be named in a command: it is written anew. */
  readonly unclear: boolean;
}
