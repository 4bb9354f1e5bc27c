import { toRecords } from '#cli/group/group-status.ts';
import { asText, isRecord } from '#cli/http/problem.ts';
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Checks } from './checks.ts';
import { bootstrapClusters, verifyLive, verifyNothingLive } from './clusters.ts';
import type { DemoClusters } from './clusters.ts';
import { toBootstrapFiles, toHookFiles } from './expected.ts';
import { cloneRepository } from './repository.ts';
import type { Repository } from './repository.ts';
import { runCli } from './run-cli.ts';
import type { RunningEmco } from './start-emco.ts';
import { images, readTrees, verifyGone, verifyRunning, verifyUpdate } from './verify-git.ts';
import type { GitView } from './verify-git.ts';
import { watchGroup } from './watch-group.ts';

export interface StoryContext {
  readonly emco: RunningEmco;
  /** Null: nobody reports what runs, and the group is done when it is committed. */
  readonly clusters: DemoClusters | null;
  /** A copy of the example with packed charts. */
  readonly example: string;
  readonly folder: string;
  readonly checks: Checks;
  readonly say: (line: string) => void;
}

/** One chapter in figures. */
export interface Chapter {
  readonly operation: string;
  readonly seconds: number;
  readonly commits: number;
  readonly filesWritten: number;
}

export interface StoryResult {
  readonly gid: string;
  readonly chapters: readonly Chapter[];
}

const GROUP = 'demo/shop/v1/live';
const GROUP_PATH = '/v2/projects/demo/composite-apps/shop/v1/deployment-intent-groups/live';
const WORKFLOW_ID = 'dig:demo:shop:v1:live';
const SETUP = ['10-clusters.yaml', '20-project.yaml', '30-app.yaml', '40-group.yaml'];

/** The whole story; every chapter verifies what it left in Git, and on the clusters where there are some. */
export async function tellStory(context: StoryContext): Promise<StoryResult> {
  const { checks } = context;
  const repository = await prepare(context);
  const chapters: Chapter[] = [];
  const play = async (operation: string, start: () => Promise<unknown>): Promise<GitView> => {
    const { chapter, view } = await playChapter(context, { operation, start, repository });
    chapters.push(chapter);
    return view;
  };

  title(context, 'Instantiate: plan, commit, wait');
  const first = await play('instantiate', () => emco(context, 'apply', '-f', '50-run.yaml'));
  await show(context, 'plan', GROUP);
  await verifyHooks(context, first);
  await showTree(context, first);
  await verifyRunning(first, images.first);
  verifyCommits(context, chapters, [3]);
  if (context.clusters !== null) await verifyLive(context.clusters, checks);
  const trees = await readTrees(first, first.commit);

  title(context, 'Update: another profile for api, one value in it differs');
  await show(context, 'update', '-f', '60-next.yaml');
  const second = await play('update', () => emco(context, 'update', GROUP));
  await verifyUpdate(second, first.commit);
  await verifyRunning(second, images.next);
  if (context.clusters !== null) await verifyLive(context.clusters, checks, images.next);

  title(context, 'Roll back to revision 1 by a signal of the Temporal CLI');
  const third = await play('rollback', () => signalRollback(context));
  checks.same('trees after the rollback are those of revision 1', await readTrees(third, third.commit), trees);
  await verifyRunning(third, images.first);
  verifyCommits(context, chapters, [3, 1, 1]);
  if (context.clusters !== null) await verifyLive(context.clusters, checks);
  await show(context, 'revisions', GROUP);

  title(context, 'Terminate');
  const last = await play('terminate', () => emco(context, 'terminate', GROUP));
  await verifyGone(last, Object.keys(toBootstrapFiles()));
  if (context.clusters !== null) await verifyNothingLive(context.clusters, checks);
  await emco(context, 'delete', ...toFiles([...SETUP, '50-run.yaml']));
  checks.same('documents left', JSON.parse(await emco(context, 'get', 'projects', '-o', 'json')) ?? [], []);
  return { gid: first.gid, chapters };
}

const title = ({ say }: StoryContext, text: string): void => say(`\n── ${text}`);

const emco = ({ emco: { ready }, example, say }: StoryContext, ...args: readonly string[]): Promise<string> =>
  runCli(args, { server: ready.api, cwd: example, say });

async function show(context: StoryContext, ...args: readonly string[]): Promise<void> {
  for (const line of (await emco(context, ...args)).trimEnd().split('\n')) context.say(`   ${line}`);
}

const toFiles = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => ['-f', name]).concat('-v', 'values.yaml');

/** What an operator has before emco comes: a repository that the clusters read; and the documents of the example. */
async function prepare(context: StoryContext): Promise<Repository> {
  const { emco: running, clusters, folder, example, checks } = context;
  const { ready } = running;
  const token = (await readFile(ready.gitTokenFile, 'utf8')).trim();
  const git = { url: ready.git, user: ready.gitUser, token };
  const repository = await cloneRepository({ ...git, folder: join(folder, 'clone') });
  await repository.push(toBootstrapFiles(), 'Bootstrap three clusters');
  if (clusters !== null) await bootstrapClusters(clusters, git);

  title(context, 'Documents: clusters, project, composite application, intents');
  const kubeconfigs = clusters?.kubeconfigs ?? {};
  const values = {
    GitUrl: git.url,
    GitBranch: 'main',
    GitUser: git.user,
    GitToken: token,
    KubeconfigC1: kubeconfigs['edge+c1'] ?? 'customise/no-kubeconfig',
    KubeconfigC2: kubeconfigs['edge+c2'] ?? 'customise/no-kubeconfig',
    KubeconfigC3: kubeconfigs['core+c3'] ?? 'customise/no-kubeconfig',
  };
  await writeFile(join(example, 'values.yaml'), JSON.stringify(values), { mode: 0o600 });
  await show(context, 'check', ...toFiles(SETUP));
  const applied = await emco(context, 'apply', ...toFiles(SETUP));
  const count = applied.split('\n').filter((line) => line.startsWith('created')).length;
  checks.same('documents created', count, 43);
  return repository;
}

interface ChapterRequest {
  readonly operation: string;
  readonly start: () => Promise<unknown>;
  readonly repository: Repository;
}

async function playChapter(
  context: StoryContext,
  { operation, start, repository }: ChapterRequest,
): Promise<{ chapter: Chapter; view: GitView }> {
  const { emco: running, checks, say, clusters } = context;
  const before = await repository.head();
  await start();
  const url = `${running.ready.api}${GROUP_PATH}`;
  const timeoutMs = clusters === null ? 60_000 : 300_000;
  const { seconds, status } = await watchGroup({ url, kind: operation, timeoutMs, say });
  const commit = await repository.head();
  const commits = await repository.log(before, commit);
  say('');
  for (const { id, subject, files } of commits)
    say(`   ${id.slice(0, 10)}  ${String(files).padStart(3)} files  ${subject}`);
  const filesWritten = (await repository.changed(before, commit)).length;
  const chapter = { operation, seconds: Number(seconds.toFixed(1)), commits: commits.length, filesWritten };
  return { chapter, view: { repository, commit, gid: status.gid, checks } };
}

/** One commit a wave; where clusters report at different times a wave may take more, so only counted without them. */
function verifyCommits(
  { checks, clusters }: StoryContext,
  chapters: readonly Chapter[],
  expected: readonly number[],
): void {
  if (clusters !== null) return;
  const found = chapters.map(({ commits }) => commits);
  checks.same(`commits so far, ${expected.join(' + ')}, one for each wave that changes`, found, expected);
}

/** The jobs of the charts are hooks: in Git only while they run, and they run only where somebody says that they ended. */
async function verifyHooks(context: StoryContext, { repository, commit, gid }: GitView): Promise<void> {
  const { checks, clusters } = context;
  const plan: unknown = JSON.parse(await emco(context, 'plan', GROUP, '-o', 'json'));
  const bundles = isRecord(plan) ? toRecords(plan['bundles']) : [];
  const hooks = bundles.map((bundle) => `${asText(bundle['app'])}: ${asText(bundle['hooks'])}`);
  checks.sameSet('hooks in the plan', [...new Set(hooks)], ['db: 1', 'api: 1', 'web: 0']);
  const ran = (await repository.made(commit)).filter((path) => path.includes('.hooks/'));
  checks.sameSet('hooks that ran through Git', ran, clusters === null ? [] : toHookFiles(gid));
  const warnings = isRecord(plan) ? toRecords(plan['warnings']).map((one) => asText(one['warning'])) : [];
  const skipped = warnings.filter((one) => one.startsWith('Helm hooks do not run on cluster'));
  checks.same('apps whose hooks do not run, as the plan warns', skipped.length, clusters === null ? 2 : 0);
}

async function showTree({ say }: StoryContext, { repository, commit }: GitView): Promise<void> {
  for (const folder of ['clusters', 'deploy']) {
    for (const path of await repository.files(commit, folder)) say(`   ${path}`);
  }
}

async function signalRollback({ emco: { ready }, say }: StoryContext): Promise<void> {
  const args = ['workflow', 'signal', '--workflow-id', WORKFLOW_ID, '--name', 'rollback', '--input', '{"revision":1}'];
  say(`$ temporal ${args.map(toShellWord).join(' ')} --namespace ${ready.namespace}`);
  const temporal = await resolveTool('temporal');
  await runCommand([temporal, ...args, '--address', ready.temporal, '--namespace', ready.namespace], {
    timeoutMs: 30_000,
  });
}

const toShellWord = (text: string): string => (/^[\w:.-]+$/.test(text) ? text : `'${text}'`);
