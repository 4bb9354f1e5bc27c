import type { ChangeSet } from '#domain/plan.ts';

/** Every path that a change decides about. */
export const toPaths = ({ folders, files }: ChangeSet): readonly string[] => [
  ...folders.flatMap(({ paths }) => paths),
  ...files.map(({ path }) => path),
];

/** True when two of the changes decide about one path or one about a folder of the other's. */
export function isContended(changes: readonly ChangeSet[]): boolean {
  const seen = new Set<string>();
  for (const change of changes) {
    const paths = toPaths(change);
    if (paths.some((path) => isBelow(path, seen))) return true;
    for (const path of paths) seen.add(path);
  }
  const all = changes.flatMap(toPaths);
  return all.some((path) => isBelow(path.slice(0, Math.max(path.lastIndexOf('/'), 0)), seen));
}

/** The changes without what later changes of their batch decide anyway, by the whole change. */
export function withoutOverridden(changes: readonly ChangeSet[]): ReadonlyMap<ChangeSet, ChangeSet> {
  const decided = new Set<string>();
  const left = new Map<ChangeSet, ChangeSet>();
  for (const change of changes.toReversed()) {
    left.set(
      change,
      filterPaths(change, (path) => !isBelow(path, decided)),
    );
    for (const path of toPaths(change)) decided.add(path);
  }
  return left;
}

const filterPaths = (change: ChangeSet, isKept: (path: string) => boolean): ChangeSet => ({
  ...change,
  folders: change.folders.map((folder) => ({ ...folder, paths: folder.paths.filter(isKept) })),
  files: change.files.filter(({ path }) => isKept(path)),
});

/** The path itself or a folder above it is among the others. */
function isBelow(path: string, others: ReadonlySet<string>): boolean {
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (others.has(path.slice(0, at))) return true;
  }
  return false;
}
