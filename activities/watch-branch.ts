/** Waits until a branch moves by somebody else's hand, then finds what of ours was changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentKey, GroupKey } from '#domain/group.ts';
import type { GitRepository } from '#domain/ports/plugins.ts';
import type { GitSteps, WriterRepository } from '#domain/steps.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { toChangeFiles } from './change-set-content.ts';
import { type GroupView, loadGroupView, toProvider } from './group-view.ts';
import { toHeadFact } from './push-changes.ts';
import { readCredentials } from './read-clusters.ts';

export async function watchBranch(
  deps: ActivityDeps,
  input: WriterRepository,
  signal: AbortSignal,
): ReturnType<GitSteps['watchBranch']> {
  const { url, branch } = input;
  for (;;) {
    await sleep(deps.branchPollMs, undefined, { signal });
    const known = await deps.store.facts.get(toHeadFact(input));
    if (known === null) continue;
    const credentials = await readCredentials(deps.store.documents, input.credentials as DocumentKey);
    const head = await deps.git.remoteHead({ url, branch, credentials });
    const isOurs = head === known || head === (await deps.store.facts.get(toHeadFact(input)));
    if (isOurs) continue;
    // A push of ours may be between Git and the fact; a moment later it is noted.
    await sleep(Math.min(deps.branchPollMs, 2000), undefined, { signal });
    if (head === (await deps.store.facts.get(toHeadFact(input)))) continue;
    const drifted = await inspect(deps, { url, branch, credentials }, head);
    if (head !== null) await deps.store.facts.swap(toHeadFact(input), known, head);
    return { head: head ?? '', drifted };
  }
}

/** Marks the targets whose folder or agent object is not what their plan says; their groups write them again. */
async function inspect(deps: ActivityDeps, repository: GitRepository, head: string | null): Promise<number> {
  let drifted = 0;
  for (const record of await deps.store.groups.list('Instantiated')) {
    const view = await loadGroupView(deps, record.group);
    const rows = await findDrifted(deps, { view, repository, head });
    if (rows.length === 0) continue;
    drifted += rows.length;
    await markDrifted(deps, { group: record.group, operation: record.operation, rows, head });
  }
  return drifted;
}

interface Inspection {
  readonly view: GroupView;
  readonly repository: GitRepository;
  readonly head: string | null;
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

interface Drift {
  readonly group: GroupKey;
  readonly operation: number;
  readonly rows: readonly TargetRow[];
  readonly head: string | null;
}

async function markDrifted(deps: ActivityDeps, { group, operation, rows, head }: Drift): Promise<void> {
  const message = `Drift: commit ${head?.slice(0, 10) ?? 'none'} by another hand changed this folder or its agent object`;
  const moves = rows.map(({ app, cluster }) => ({ app, cluster, phase: 'Pending' as const, message }));
  await deps.store.plans.moveTargets(group, operation, moves);
  const time = new Date(deps.now()).toISOString();
  const detail = `${rows.length} targets, first ${rows[0]?.app ?? ''} on ${rows[0]?.cluster ?? ''}`;
  await deps.store.audit.append({
    time,
    actor: 'git',
    action: 'drift',
    object: group,
    before: '',
    after: head ?? '',
    detail,
  });
  await deps.messenger.observed(group, deps.now());
}
