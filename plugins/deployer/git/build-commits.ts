import type { ChangeSet } from '#domain/plan.ts';
import type { GitBatch, GitChange } from '#domain/ports/plugins.ts';

import { BootstrapFiles, bootstrapPaths } from './bootstrap.ts';
import { checkChange } from './check-change.ts';
import { defaultAuthor } from './deps.ts';
import type { DesiredTrees } from './desired.ts';
import { GitError } from './git-error.ts';
import { changeTrailer, findChanges } from './history.ts';
import { importCommits } from './import-commits.ts';
import type { NewCommit, WrittenCommit } from './import-commits.ts';
import { toBuildRef } from './mirror.ts';
import { ObjectReader } from './object-reader.ts';
import { isContended, toPaths, withoutOverridden } from './overridden.ts';
import { planChange } from './plan-change.ts';
import { hasControl, printable } from './repository-url.ts';
import { treeMode } from './tree-id.ts';
import { TreeState } from './tree-state.ts';
import type { WriteContext } from './write-batch.ts';

/** What became of one change. `commit` and `after` count the new commits from 0; -1 is the tip. */
type BuildStep =
  | { readonly digest: GitChange['digest']; readonly state: 'failed'; readonly message: string }
  | {
      readonly digest: GitChange['digest'];
      readonly state: 'new';
      readonly commit: number;
      readonly filesWritten: number;
    }
  | { readonly digest: GitChange['digest']; readonly state: 'present'; readonly after: number };

export interface Built {
  readonly steps: readonly BuildStep[];
  readonly written: readonly WrittenCommit[];
  /** Ids of folders that the new commits bring. */
  readonly trees: ReadonlySet<string>;
  /** What the last commit holds. */
  readonly state: TreeState;
}

/** One commit on top of the tip for each change that changes anything. */
export async function buildCommits(batch: GitBatch, tip: string | null, context: WriteContext): Promise<Built> {
  const { steps, commits, trees, state } = await planCommits(batch, tip, context);
  if (commits.length === 0) {
    if (tip !== null) context.pushed.set(batch.branch, { commit: tip, state });
    return { steps, written: [], trees, state };
  }
  const { deps, git, signal } = context;
  const written = await importCommits(git, {
    ref: toBuildRef(batch.branch),
    parent: tip,
    commits,
    author: deps.author ?? defaultAuthor,
    time: deps.clock(),
    signal,
  });
  return { steps, written, trees, state };
}

interface Planned {
  readonly steps: readonly BuildStep[];
  readonly commits: readonly NewCommit[];
  readonly trees: ReadonlySet<string>;
  readonly state: TreeState;
}

async function planCommits(batch: GitBatch, tip: string | null, context: WriteContext): Promise<Planned> {
  const { trees } = context;
  const desired = await context.loading;
  using reader = new ObjectReader(context.git);
  const state = takeState(batch, tip, context) ?? new TreeState(await readRoot(reader, tip), trees);
  const refusals = new Map(batch.changes.map((one) => [one, checkAlone(one, desired)]));
  const sound = batch.changes.filter((one) => refusals.get(one) === null).map(({ change }) => change);
  // A batch that is written again must not step back through what its own later changes made.
  const earlier = tip !== null && isContended(sound) ? await findChanges(context.git, tip) : new Map<string, never>();
  const remaining = earlier.size === 0 ? new Map<ChangeSet, ChangeSet>() : withoutOverridden(sound);
  const bootstrap = await loadState(sound, { state, reader, desired });
  const steps: BuildStep[] = [];
  const commits: NewCommit[] = [];
  const written = new Set<string>();
  for (const one of batch.changes) {
    const { digest, change } = one;
    const message = refusals.get(one) ?? bootstrap.check(change) ?? checkParents(change, state);
    if (message !== null) {
      steps.push({ digest, state: 'failed', message });
      continue;
    }
    const left = (earlier.has(digest) ? remaining.get(change) : undefined) ?? change;
    const { commands, filesWritten } = planChange(left, { state, cache: trees, desired, written });
    if (commands.length === 0) {
      steps.push({ digest, state: 'present', after: commits.length - 1 });
      continue;
    }
    steps.push({ digest, state: 'new', commit: commits.length, filesWritten });
    commits.push({ subject: change.subject, trailers: toTrailers(one), commands });
    batch.heartbeat();
  }
  return { steps, commits, trees: written, state };
}

/** The plan moves it on, so it is remembered again only when the push has brought the branch there. */
function takeState({ branch }: GitBatch, tip: string | null, { pushed }: WriteContext): TreeState | null {
  const known = pushed.get(branch);
  pushed.delete(branch);
  return known !== undefined && known.commit === tip ? known.state : null;
}

async function readRoot(reader: ObjectReader, tip: string | null): Promise<string | null> {
  if (tip === null) return null;
  const root = await reader.read(`${tip}^{tree}`);
  if (root?.type !== 'tree') throw new GitError('mirror-broken', `commit ${tip}: expected its tree, found none`);
  return root.id;
}

/** Reads of the tip what the changes can touch: folders above all paths, and the files of folders that differ. */
async function loadState(
  changes: readonly ChangeSet[],
  { state, reader, desired }: { state: TreeState; reader: ObjectReader; desired: DesiredTrees },
): Promise<BootstrapFiles> {
  const paths = changes.flatMap((change) => [...toPaths(change), ...bootstrapPaths(change)]);
  await state.load([...new Set(paths)], reader);
  const differing = changes.flatMap(({ folders }) =>
    folders.flatMap((folder) => {
      const wanted = desired.get(folder);
      if (wanted === null || 'refused' in wanted) return [];
      return folder.paths.filter((path) => state.find(path)?.id !== wanted.id);
    }),
  );
  await state.loadFolders([...new Set(differing)], reader);
  const bootstrap = new BootstrapFiles();
  await bootstrap.load(changes, state, reader);
  return bootstrap;
}

/** What can be said without looking at the repository. */
function checkAlone({ change, trailers }: GitChange, desired: DesiredTrees): string | null {
  const bad = trailers.find((line) => !/^[A-Za-z][A-Za-z0-9-]*: \S/.test(line) || hasControl(line));
  if (bad !== undefined) return `trailer: expected \`Key: value\` on one line, found ${printable(bad)}`;
  const problem = checkChange(change);
  if (problem !== null) return problem;
  for (const folder of change.folders) {
    const wanted = desired.get(folder);
    if (wanted !== null && 'refused' in wanted) return wanted.refused;
  }
  return null;
}

/** A file or link where a folder has to be belongs to somebody else. */
function checkParents(change: ChangeSet, state: TreeState): string | null {
  for (const path of toPaths(change)) {
    const segments = path.split('/');
    const owned = path.startsWith('deploy/') && segments[2] === change.gid ? 3 : segments.length;
    for (let length = 1; length < owned; length++) {
      const parent = segments.slice(0, length).join('/');
      const found = state.find(parent);
      if (found !== null && found.mode !== treeMode) {
        return `path ${printable(parent)}: expected a folder, found a file that emco does not own`;
      }
    }
  }
  return null;
}

function toTrailers({ trailers, digest }: GitChange): readonly string[] {
  const own = `${changeTrailer}: ${digest}`;
  return trailers.includes(own) ? trailers : [...trailers, own];
}
