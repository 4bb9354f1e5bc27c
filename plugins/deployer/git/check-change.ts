import type { ChangeSet } from '#domain/plan.ts';

import { hasControl, printable } from './repository-url.ts';

/** Git refuses these in many spellings, or Windows and macOS take them for `.git`. */
const gitNames = /^\.git|^git~\d/i;
const kustomizations = new Set(['kustomization.yaml', 'kustomization.yml', 'kustomization']);

/** The first reason why this change may not be written whatever the repository holds, or null. */
export function checkChange({ gid, folders, files, subject }: ChangeSet): string | null {
  const folderPaths = folders.flatMap(({ paths }) => paths);
  const filePaths = files.map(({ path }) => path);
  const paths = [...folderPaths, ...filePaths].sort();
  if (hasControl(subject) || subject.length > 72 || subject.trim() === '') {
    return 'commit subject: expected one line of 1 to 72 characters, found something else';
  }
  return (
    first(paths, checkPath) ??
    first(folderPaths, (path) => (isOwnedFolder(path, gid) ? null : foreign(path, gid))) ??
    first(filePaths, (path) => (isOwnedFile(path, gid) ? null : foreign(path, gid))) ??
    checkOverlap(paths)
  );
}

/** Names of the files of one flat folder. */
export function checkFileNames(names: readonly string[]): string | null {
  const nested = names.find((name) => name.includes('/'));
  if (nested !== undefined) return `file ${printable(nested)}: expected a name without folder, found a path`;
  const seen = new Set(names);
  if (seen.size < names.length) return 'files of a folder: expected each name once, found one twice';
  return first(names, checkPath);
}

function checkPath(path: string): string | null {
  const bad = path.split('/').find((segment) => !isSafeSegment(segment));
  if (bad !== undefined) {
    return `path ${printable(path)}: expected plain names in it, found '${printable(bad)}'`;
  }
  const last = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (!kustomizations.has(last)) return null;
  return `path ${printable(path)}: expected no file that changes what Flux takes from the folder, found ${printable(last)}`;
}

const isSafeSegment = (segment: string): boolean =>
  segment !== '' &&
  segment !== '.' &&
  segment !== '..' &&
  Buffer.byteLength(segment) <= 255 &&
  !gitNames.test(segment) &&
  !segment.includes('\\') &&
  !hasControl(segment);

/** `deploy/<cluster>/<gid>` and what is below it. */
function isOwnedFolder(path: string, gid: string): boolean {
  const [tree, , owner] = path.split('/');
  return tree === 'deploy' && gid !== '' && owner === gid;
}

function isOwnedFile(path: string, gid: string): boolean {
  const [tree, , third = '', fourth = '', ...rest] = path.split('/');
  if (tree === 'deploy') return (third === '.emco' && fourth === '') || (isOwnedFolder(path, gid) && fourth !== '');
  if (tree !== 'clusters' || third !== 'emco' || rest.length > 0) return false;
  return fourth === `${gid}.yaml` || /^source-[A-Za-z0-9._-]+\.yaml$/.test(fourth);
}

const foreign = (path: string, gid: string): string =>
  `path ${printable(path)}: expected a path that group ${printable(gid)} owns, found another`;

/** Sorted paths: one that repeats or contains another would make the result depend on an order. */
function checkOverlap(sorted: readonly string[]): string | null {
  const taken = new Set<string>();
  for (const path of sorted) {
    if (taken.has(path)) return `path ${printable(path)}: expected once in a change, found twice`;
    taken.add(path);
  }
  for (const path of sorted) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (taken.has(path.slice(0, at))) {
        return `path ${printable(path)}: expected outside other paths of the change, found it in ${printable(path.slice(0, at))}`;
      }
    }
  }
  return null;
}

function first<T>(items: readonly T[], check: (item: T) => string | null): string | null {
  for (const item of items) {
    const problem = check(item);
    if (problem !== null) return problem;
  }
  return null;
}
