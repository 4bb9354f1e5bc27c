/** The content fence: the tree of a target's folder at the commit that its agent applied, against the plan's tree. */
import type { ClusterKey, DocumentKey } from '#domain/group.ts';
import type { ClusterInput } from '#domain/inputs.ts';
import type { TargetView } from '#domain/judge.ts';
import type { Observation, TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import type { Contents, GroupView } from './group-view.ts';
import { toProvider } from './group-view.ts';
import { readCredentials, toSyncObjectKey } from './read-clusters.ts';

type Part = 'main' | 'crds' | 'hooks';

/** In the place of a part's name: the app's content at the commit that the agent tried last. */
const attempted = 'attempted';

interface Question {
  readonly key: string;
  readonly cluster: ClusterInput;
  readonly commit: string;
  readonly folder: string;
  readonly expected: string | null;
}

export async function compareContents(deps: ActivityDeps, view: GroupView): Promise<Contents> {
  const observations = new Map(
    (await deps.store.plans.observations(view.gid)).map((o) => [toKey(o.cluster, o.app), o]),
  );
  const observed = (row: TargetRow, app: string): Observation | null =>
    observations.get(toKey(row.cluster, app)) ?? null;
  const questions = view.rows.flatMap((row) => [
    ...toQuestion(deps, view, { row, part: 'main', observation: observed(row, row.app) }),
    ...toQuestion(deps, view, { row, part: 'crds', observation: observed(row, `${row.app}/crds`) }),
    ...toAttempt(deps, view, { row, part: 'main', observation: observed(row, row.app) }),
    ...(row.hook === null
      ? []
      : toQuestion(deps, view, { row, part: 'hooks', observation: observed(row, `${row.app}/hooks`) })),
  ]);
  const answers = await answerAll(deps, questions);
  return {
    observed,
    attempted: (row) => answers.get(`${toKey(row.cluster, row.app)} ${attempted}`) ?? 'unknown',
    content: (row, part) => answers.get(`${toKey(row.cluster, row.app)} ${part}`) ?? 'unknown',
  };
}

const toKey = (cluster: ClusterKey, app: string): string => `${cluster} ${app}`;

interface Seen {
  readonly row: TargetRow;
  readonly part: Part;
  readonly observation: Observation | null;
}

function toQuestion(deps: ActivityDeps, view: GroupView, { row, part, observation }: Seen): readonly Question[] {
  const cluster = view.clusters.get(row.cluster);
  const commit = observation?.appliedRevision ?? '';
  if (cluster === undefined || cluster.gitops === null || commit === '') return [];
  if (row.bundle === null && part !== 'hooks') return [];
  const folder = toProvider(deps, cluster).folder({ gid: view.gid, cluster: row.cluster, app: row.app, part });
  const expected = toExpectedTree(deps, view, { row, part });
  return [{ key: `${toKey(row.cluster, row.app)} ${part}`, cluster, commit, folder, expected }];
}

/** Asked only where the agent says why it did not apply what it tried, and who may do what is in question. */
function toAttempt(deps: ActivityDeps, view: GroupView, { row, part, observation }: Seen): readonly Question[] {
  const { attemptedRevision = '', appliedRevision = '', message = '' } = observation ?? {};
  if (view.plan?.tenant === undefined || observation === null || message === '') return [];
  if (attemptedRevision === appliedRevision) return [];
  const tried = { ...observation, appliedRevision: attemptedRevision };
  const key = `${toKey(row.cluster, row.app)} ${attempted}`;
  return toQuestion(deps, view, { row, part, observation: tried }).map((question) => ({ ...question, key }));
}

function toExpectedTree(deps: ActivityDeps, view: GroupView, { row, part }: Pick<Seen, 'row' | 'part'>): string | null {
  if (part !== 'hooks') return row.bundle === null ? null : (view.bundles.get(row.bundle)?.trees[part] ?? null);
  const content = row.hook?.content ?? null;
  const run = content === null ? undefined : view.hookRuns.get(content);
  return run === undefined ? null : deps.toTreeId(run.main);
}

async function answerAll(
  deps: ActivityDeps,
  questions: readonly Question[],
): Promise<ReadonlyMap<string, TargetView['content']>> {
  const answers = new Map<string, TargetView['content']>();
  const byCommit = Map.groupBy(
    questions,
    ({ cluster, commit }) => `${cluster.gitops?.url} ${cluster.gitops?.branch} ${commit}`,
  );
  for (const same of byCommit.values()) {
    const [first] = same;
    if (first === undefined) continue;
    const trees = await deps.git.treesAt(
      await toRepository(deps, first.cluster),
      first.commit,
      same.map((q) => q.folder),
    );
    for (const q of same) answers.set(q.key, (trees.get(q.folder) ?? null) === q.expected ? 'ours' : 'other');
  }
  return answers;
}

export async function toRepository(
  deps: ActivityDeps,
  cluster: ClusterInput,
): Promise<Parameters<ActivityDeps['git']['remoteHead']>[0]> {
  const { url, branch } = cluster.gitops ?? { url: '', branch: '' };
  return { url, branch, credentials: await readCredentials(deps.store.documents, toCredentialsKey(cluster)) };
}

export const toCredentialsKey = (cluster: ClusterInput): DocumentKey =>
  toSyncObjectKey(cluster.key, cluster.gitops?.referenceObject ?? '');
