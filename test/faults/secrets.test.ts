import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { readCommandLine } from '#test/support/process-tree.ts';
import { makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';
import { readAllHistories } from './histories.ts';

/** Words that stand in exactly one document each, and that nobody may see anywhere else. */
const sentinels = {
  chartSecret: 'sentinel-chart-secret-4711',
  chartValue: 'sentinel-chart-value-4712',
  override: 'sentinel-override-4713',
  kubeconfig: 'sentinel-kubeconfig-4714',
  wrongToken: 'sentinel-token-4715',
};
/** The repository's sync object says `secrets: plain`, so these may stand in Git. */
const mayBeInGit = new Set([sentinels.chartSecret, sentinels.chartValue, sentinels.override]);

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;
let commandLines = '';
let all: readonly string[];

const toKubeconfig = (): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: sentinels.kubeconfig } }],
  });

async function approve(project: string, provider: string): Promise<GroupDriver> {
  await seedCloud(emco.call, { project, cloud: 'lc', provider, clusters: ['c1'] });
  const chart = await makeAppChart('app', {
    secret: sentinels.chartSecret,
    values: { text: sentinels.chartValue, more: '' },
  });
  const apps = [{ name: 'app', chart, values: { more: sentinels.override } }];
  const names = { project, compositeApp: 'ca', version: 'v1', group: 'g' };
  await seedGroup(emco.call, { ...names, provider, cloud: 'lc', release: project, apps });
  const group = driveGroup(emco, names);
  await group.verb('approve');
  return group;
}

async function seedDirectCluster(): Promise<void> {
  await emco.call.post('/v2/cluster-providers', { json: { metadata: { name: 'direct' } } });
  const clusters = '/v2/cluster-providers/direct/clusters';
  const files = [['file', 'kubeconfig', toKubeconfig()]] as const;
  const { status } = await emco.call.post(clusters, { metadata: { metadata: { name: 'c1' } }, files });
  expect(status).toBe(201);
  await emco.call.post(`${clusters}/c1/labels`, { json: { clusterLabel: 'all' } });
}

/** Command lines of everything that emco runs, gathered while it works. */
async function watchCommandLines(work: Promise<unknown>): Promise<void> {
  const over = work.then(
    () => true,
    () => true,
  );
  const look = async (): Promise<boolean> => {
    for (const { commandLine } of await emco.children()) commandLines += `${commandLine}\n`;
    return false;
  };
  while (!(await Promise.race([over, look()])));
}

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider: 'good', clusters: ['c1'], repository, secrets: 'plain' });
  const wrong = { ...repository, token: sentinels.wrongToken };
  await seedFleet(emco.call, { provider: 'wrong', clusters: ['c1'], repository: wrong, secrets: 'plain' });
  await seedDirectCluster();
  const good = await approve('good', 'good');
  const work = good.run('instantiate', 'good-1');
  await Promise.all([work, watchCommandLines(work)]);
  await (await approve('wrong', 'wrong')).verb('instantiate', { id: 'wrong-1' });
  await driveGroup(emco, { project: 'wrong', compositeApp: 'ca', version: 'v1', group: 'g' }).ended('wrong-1');
  const direct = await approve('direct', 'direct');
  await direct.verb('instantiate', { id: 'direct-1' });
  await direct.workflow.signal('rollback', { revision: 7 });
  await direct.run('terminate', 'direct-2').catch(() => undefined);
  await good.run('update', 'good-2');
  all = [...Object.values(sentinels), emco.gitToken];
}, 180_000);
afterAll(async () => {
  await git?.close();
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

/** In clear, in base64 as payloads are shown, and in the Basic header that git sends. */
const findIn = (text: string, words: readonly string[]): readonly string[] =>
  words.filter((word) => text.includes(word));

async function readFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(path, (await readFile(path).catch(() => Buffer.from(''))).toString('latin1'));
  }
  return found;
}

describe('no manifest, value, token or kubeconfig', () => {
  it('stands in any history', async () => {
    const histories = await readAllHistories(emco);
    expect(histories.length).toBeGreaterThan(3);
    for (const { workflowId, text, payloads } of histories) {
      const shown = [text, ...payloads.map((payload) => payload.toString('latin1'))].join('\n');
      expect(findIn(shown, all), workflowId).toEqual([]);
      expect(shown, workflowId).not.toContain('apiVersion: ');
    }
  });

  it('stands in a log', async () => {
    const logs = [...(await readFiles(folder.path))].filter(([path]) => path.endsWith('.log'));
    expect(logs.length).toBeGreaterThan(1);
    for (const [path, text] of logs) expect(findIn(text, all), path).toEqual([]);
  });

  it('stands in the command line of a process', async () => {
    const lines = `${commandLines}\n${await readCommandLine(emco.pid)}`;
    expect(lines).toContain('temporal server');
    expect(findIn(lines, all)).toEqual([]);
  });

  it("stands in the data folder in clear: neither in database nor in Temporal's, mirrors apart", async () => {
    const files = await readFiles(join(folder.path, 'data'));
    const own = [...files].filter(([path]) => !/git-token$|fixtures\.json$|\/data\/git\/|\/cache\/git\//.test(path));
    expect(own.length).toBeGreaterThan(5);
    for (const [path, text] of own) expect(findIn(text, all), path).toEqual([]);
  });

  it('stands in Git, but for what `secrets: plain` lets in', async () => {
    const texts: string[] = [];
    for (const path of (await git.files()).keys()) texts.push(await git.text(path));
    const commits = (await git.commits()).map(({ body, subject }) => `${subject}\n${body}`);
    expect(
      findIn(
        [...texts, ...commits].join('\n'),
        all.filter((word) => !mayBeInGit.has(word)),
      ),
    ).toEqual([]);
  });

  it('stands in an answer of the API', async () => {
    const paths = ['/v2/cluster-providers/direct/clusters/c1', '/v2/cluster-providers/good/cluster-sync-objects/git'];
    const groups = ['good', 'wrong', 'direct'].map(
      (project) => `/v2/projects/${project}/composite-apps/ca/v1/deployment-intent-groups/g`,
    );
    const views = ['status', 'operations', 'revisions', 'plan'].flatMap((view) =>
      groups.map((group) => `${group}/${view}`),
    );
    for (const path of [...paths, ...views]) {
      const { text } = await emco.call.get(path, { Accept: 'application/json' });
      expect(
        findIn(text, [sentinels.chartSecret, sentinels.kubeconfig, sentinels.wrongToken, emco.gitToken]),
        path,
      ).toEqual([]);
    }
  });
});
