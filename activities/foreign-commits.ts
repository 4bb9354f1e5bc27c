/** What somebody else's commits did to what groups keep in a repository: found by content, said with who, written again. */
import type { GroupKey } from '#domain/group.ts';
import type { GitBatchResult, GitRepository } from '#domain/ports/plugins.ts';
import type { WriterRepository } from '#domain/steps.ts';
import { driftPrefix, type TargetRow } from '#domain/status.ts';
import { toChangeFiles } from './change-set-content.ts';
import type { ActivityDeps } from './deps.ts';
import { type GroupView, loadGroupView, toProvider } from './group-view.ts';

export interface Foreign extends Pick<GitBatchResult, 'foreign' | 'rewritten'> {
  readonly repository: GitRepository;
  /** Where the branch stands; null when it is gone. */
  readonly head: string | null;
}

/** Name of the fact that says where a branch stood after we looked or pushed last. */
export const toHeadFact = ({ url, branch }: Pick<WriterRepository, 'url' | 'branch'>): string =>
  `head:${url}#${branch}`;

/** One row a commit, by whom it was made. */
export async function auditForeign(deps: ActivityDeps, { repository, foreign, rewritten }: Foreign): Promise<void> {
  const time = new Date(deps.now()).toISOString();
  const object = `${repository.url}#${repository.branch}`;
  for (const { commit, author, subject } of foreign) {
    const detail = `${rewritten ? 'the branch was rewritten; ' : ''}${subject}`.slice(0, 500);
    const row = { time, actor: author, action: 'foreign commit', object, before: '', after: commit, detail };
    await deps.store.audit.append(row);
  }
}

export interface DriftedGroup {
  readonly group: GroupKey;
  readonly operation: number;
  readonly rows: readonly TargetRow[];
}

/** The targets whose folder or agent object is not what their plan says. */
export async function findDrift(deps: ActivityDeps, where: Foreign): Promise<readonly DriftedGroup[]> {
  const found: DriftedGroup[] = [];
  for (const { group, operation } of await deps.store.groups.list('Instantiated')) {
    const rows = await findDrifted(deps, { ...where, view: await loadGroupView(deps, group) });
    if (rows.length > 0) found.push({ group, operation, rows });
  }
  return found;
}

/** Their groups write them again. */
export async function markDrift(deps: ActivityDeps, drifted: readonly DriftedGroup[], where: Foreign): Promise<void> {
  for (const one of drifted) await markGroup(deps, one, where);
}

interface Inspection extends Foreign {
  readonly view: GroupView;
}

/** Only what stands can drift; what is on its way will be written anyway. */
const stands = (row: TargetRow): boolean =>
  row.bundle !== null &&
  (row.phase === 'Committed' || row.phase === 'Deployed' || row.phase === 'Ready' || row.phase === 'Failed');

async function findDrifted(deps: ActivityDeps, { view, repository, head }: Inspection): Promise<readonly TargetRow[]> {
  const own = view.rows.filter((row) => {
    const gitops = view.clusters.get(row.cluster)?.gitops;
    return stands(row) && row.commit !== '' && gitops?.url === repository.url && gitops.branch === repository.branch;
  });
  if (own.length === 0 || head === null) return own;
  const expected = new Map(own.map((row) => [row, toExpected(deps, view, row)]));
  const agents = toAgentTexts(deps, view, own);
  const paths = [...expected.values()].flat().map(([path]) => path);
  const trees = await deps.git.treesAt(repository, head, [...new Set([...paths, ...agents.keys()])]);
  return own.filter((row) => {
    const contentDiffers = (expected.get(row) ?? []).some(([path, tree]) => (trees.get(path) ?? null) !== tree);
    const agentDiffers = [...agents].some(
      ([path, file]) => file.clusters.has(row.cluster) && (trees.get(path) ?? null) !== file.blob,
    );
    return contentDiffers || agentDiffers;
  });
}

type Expectation = readonly [path: string, tree: string | null];

function toExpected(deps: ActivityDeps, view: GroupView, row: TargetRow): readonly Expectation[] {
  const cluster = view.clusters.get(row.cluster);
  const trees = row.bundle === null ? undefined : view.bundles.get(row.bundle)?.trees;
  if (cluster === undefined || trees === undefined) return [];
  const provider = toProvider(deps, cluster);
  return (['main', 'crds'] as const).map((part) => [
    provider.folder({ gid: view.gid, cluster: row.cluster, app: row.app, part }),
    trees[part],
  ]);
}

interface AgentFile {
  readonly clusters: ReadonlySet<string>;
  readonly blob: string | null;
}

function toAgentTexts(deps: ActivityDeps, view: GroupView, rows: readonly TargetRow[]): ReadonlyMap<string, AgentFile> {
  const files = new Map<string, AgentFile>();
  for (const row of rows) {
    const target = { app: row.app, cluster: row.cluster, delivery: 'git', phase: 'Committed' } as const;
    const ownView = { ...view, rows: view.rows.filter((r) => r.cluster === row.cluster) };
    for (const { path, text } of toChangeFiles(deps, ownView, { targets: [target], deserted: new Set() })) {
      files.set(path, { clusters: new Set([row.cluster]), blob: text === null ? null : deps.toBlobId(text) });
    }
  }
  return files;
}

async function markGroup(deps: ActivityDeps, { group, operation, rows }: DriftedGroup, where: Foreign): Promise<void> {
  const message = `${driftPrefix}${toCause(where)} changed this folder or its agent object`.slice(0, 500);
  const moves = rows.map(({ app, cluster }) => ({ app, cluster, phase: 'Pending' as const, message }));
  await deps.store.plans.moveTargets(group, operation, moves);
  const time = new Date(deps.now()).toISOString();
  const actor = where.foreign[0]?.author ?? 'git';
  const detail = `${rows.length} targets, first ${rows[0]?.app ?? ''} on ${rows[0]?.cluster ?? ''}`;
  const after = where.head ?? '';
  await deps.store.audit.append({ time, actor, action: 'drift', object: group, before: '', after, detail });
  await deps.messenger.observed(group, deps.now());
}

/** The newest commit stands for all: which of several did it is in the audit. */
function toCause({ head, foreign, rewritten }: Foreign): string {
  if (head === null) return 'the end of the branch';
  const [newest] = foreign;
  const cause = rewritten ? 'a rewritten branch with commit' : 'commit';
  if (newest === undefined) return `${cause} ${head.slice(0, 10)}`;
  const more = foreign.length === 1 ? '' : ` or one of ${foreign.length - 1} before it`;
  return `${cause} ${newest.commit.slice(0, 10)} by ${newest.author}${more}`;
}
