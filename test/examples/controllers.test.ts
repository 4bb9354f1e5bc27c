import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControllerInput, exchangeVersion } from '#domain/exchange.ts';
import { readHistory } from '#test/faults/histories.ts';
import { type Answer, memberOf } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { findPythonTrouble, preparePython } from '#test/support/python.ts';
import { runProgram } from '#test/support/run-program.ts';
import { makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { repositoryRoot } from '#test/support/source-tree.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '#test/support/temporary-folder.ts';

const examples = join(repositoryRoot, 'docs', 'examples', 'controllers');
const largestPayload = 16_384;
const provider = 'edge';
const project = 'retail';
/** Free cores and region by cluster. */
const fleet = [
  { name: 'c1', freeCores: '4', region: 'north' },
  { name: 'c2', freeCores: '9', region: 'south' },
  { name: 'c3', freeCores: '12', region: 'north' },
  { name: 'c4', freeCores: '1', region: 'south' },
];
const clusters = fleet.map(({ name }) => name);

let folder: TemporaryFolder;
let emco: Emco;
let git: GitReader;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  emco = await startEmco(folder.path);
  git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const repository = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await seedFleet(emco.call, { provider, clusters, repository });
  for (const { name, freeCores, region } of fleet) {
    const at = `/v2/cluster-providers/${provider}/clusters/${name}/kv-pairs`;
    await created(emco.call.post(at, { json: { metadata: { name: 'capacity' }, spec: { kv: [{ freeCores }] } } }));
    await created(emco.call.post(at, { json: { metadata: { name: 'place' }, spec: { kv: [{ region }] } } }));
  }
  await seedCloud(emco.call, { project, cloud: 'lc', provider, clusters });
}, 180_000);
afterAll(async () => {
  await git?.close();
  await emco?.killAll();
  await folder?.[Symbol.asyncDispose]();
});

async function created(answer: Promise<Answer>): Promise<void> {
  const { status, text } = await answer;
  expect(status, text).toBeLessThan(300);
}

const env = (): Record<string, string> => ({ TEMPORAL_ADDRESS: emco.temporal, TEMPORAL_NAMESPACE: emco.namespace });

/** Registers what the example's own document says. */
async function register(example: string, spec: object = {}): Promise<void> {
  const document = parse(await readFile(join(examples, example, 'documents.yaml'), 'utf8'));
  const json = { metadata: document.metadata, spec: { ...document.spec, ...spec } };
  await created(emco.call.put(`/v2/controllers/${example}`, { json }));
}

/** An approved group of one app whose intents name a controller. */
async function makeGroup(group: string, intent: Readonly<Record<string, string>>): Promise<GroupDriver> {
  const names = { project, compositeApp: group, version: 'v1', group };
  const apps = [{ name: 'web', chart: await makeAppChart('web') }];
  const path = await seedGroup(emco.call, { ...names, provider, cloud: 'lc', release: group, apps });
  const all = { metadata: { name: 'all' }, spec: { intent: { genericPlacementIntent: 'placement', ...intent } } };
  await created(emco.call.put(`${path}/intents/all`, { json: all }));
  const driver = driveGroup(emco, names);
  await created(driver.verb('approve'));
  return driver;
}

const readPlan = (group: GroupDriver): Promise<Answer> => emco.call.get(`${group.path}/plan`);

/** Nothing of what went through the exchange stands in the history, however many clusters there are. */
async function expectSmallHistory({ workflowId }: GroupDriver): Promise<void> {
  const { payloads } = await readHistory(emco, workflowId);
  expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(largestPayload);
  const spoken = payloads.join('\n');
  expect(spoken).toContain('/exchanges/');
  expect(spoken).not.toMatch(/freeCores is|containers/);
}

describe('the placement controller in TypeScript', () => {
  it('chooses the cluster of an anyOf group with the most free cores, and the plan says who did and why', async () => {
    await register('most-free');
    const group = await makeGroup('placed', { 'most-free': 'capacity/freeCores' });
    const anyOf = [{ clusterProvider: provider, clusterLabel: 'all' }];
    const json = { metadata: { name: 'web' }, spec: { app: 'web', intent: { anyOf } } };
    await created(emco.call.put(`${group.path}/generic-placement-intents/placement/app-intents/web`, { json }));
    const node = join(repositoryRoot, 'node_modules', '.bin', 'node');
    const controller = runProgram([node, join(examples, 'most-free', 'controller.ts')], env());
    try {
      await group.run('instantiate', 'placed-1');
      const plan = await readPlan(group);
      expect(memberOf(plan, 'placement.0.clusters')).toEqual([
        expect.objectContaining({ cluster: 'c3', reason: expect.stringContaining('most-free: freeCores is 12') }),
      ]);
      expect(memberOf(plan, 'controllers')).toEqual([
        {
          controller: 'most-free',
          intent: 'capacity/freeCores',
          activity: 'place',
          request: expect.stringMatching(/^[0-9a-f]{64}$/),
          result: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ]);
      expect([...(await git.files()).keys()].filter((path) => path.startsWith('deploy/')).join()).toMatch(/\+c3\//);
      await expectSmallHistory(group);
    } finally {
      await controller.stop();
    }
  });
});

describe('a controller whose operation is superseded', () => {
  it('does not hold up the newer one, and finds its exchange closed', async () => {
    const spec = { type: 'action', priority: 0, taskQueue: 'slow' };
    await created(emco.call.put('/v2/controllers/slow', { json: { metadata: { name: 'slow' }, spec } }));
    const group = await makeGroup('overtaken', { slow: 'i' });
    const called = Promise.withResolvers<string>();
    const released = Promise.withResolvers<void>();
    const late = Promise.withResolvers<number>();
    const customise = async ({ exchange }: ControllerInput) => {
      called.resolve(exchange);
      await released.promise;
      const json = { apiVersion: exchangeVersion, kind: 'CustomiseResult', changes: [] };
      const answer = await emco.call.put(`${exchange.slice(emco.api.length)}/result`, { json });
      late.resolve(answer.status);
      throw ApplicationFailure.nonRetryable('closed');
    };
    const connection = await NativeConnection.connect({ address: emco.temporal });
    const { namespace } = emco;
    const worker = await Worker.create({ connection, namespace, taskQueue: 'slow', activities: { customise } });
    await worker.runUntil(async () => {
      await created(group.verb('instantiate', { id: 'overtaken-1' }));
      const exchange = await called.promise;
      expect((await emco.call.get(`${exchange.slice(emco.api.length)}/request`)).status).toBe(200);
      await group.run('terminate', 'overtaken-2');
      expect(await group.ended('overtaken-1')).toMatchObject({ state: 'superseded' });
      released.resolve();
      expect(await late.promise).toBe(409);
    });
    await connection.close();
  });
});

const trouble = await findPythonTrouble();
// The title of a skipped block is where the reason shows.
describe.skipIf(trouble !== null)(`the action controller in Python${trouble === null ? '' : `: ${trouble}`}`, () => {
  let python: string;
  let group: GroupDriver;

  beforeAll(async () => {
    python = await preparePython(join(examples, 'region', 'requirements.txt'));
    await register('region');
    group = await makeGroup('customised', { region: 'place' });
  }, 180_000);

  it('annotates Deployments by region, so that clusters of one region share a bundle', async () => {
    const controller = runProgram([python, join(examples, 'region', 'controller.py')], env());
    try {
      await group.run('instantiate', 'customised-1');
      const plan = await readPlan(group);
      expect(memberOf(plan, 'counts')).toMatchObject({ clusters: 4, bundles: 2 });
      const files = [...(await git.files()).keys()].filter((path) => /deploy\/.*deployment.*customised/.test(path));
      const texts = await Promise.all(files.map(async (path) => [path, await git.text(path)] as const));
      expect(texts).toHaveLength(4);
      for (const { name, region } of fleet) {
        const [, text] = texts.find(([path]) => path.includes(`+${name}/`)) ?? [];
        expect(text).toContain(`example.org/region: ${region}`);
      }
      await expectSmallHistory(group);
    } finally {
      await controller.stop();
    }
  });

  it('fails an update with a clear sentence when it does not run, and a rollback needs nobody', async () => {
    await register('region', { startWithinSeconds: 1 });
    const answer = await group.verb('update', { id: 'customised-2' });
    expect(answer.status, answer.text).toBe(202);
    expect(await group.ended('customised-2')).toMatchObject({
      state: 'failed',
      message:
        'controller region on Temporal task queue region: expected a worker of namespace emco that takes activity customise within 1 s, found nobody listening',
    });
    const [{ digest } = { digest: '' }] = (await emco.call.get(`${group.path}/revisions`)).json() as {
      digest: string;
    }[];
    await group.run('rollback', 'customised-3', { spec: { revision: '1' } });
    expect(memberOf(await readPlan(group), 'digest')).toBe(digest);
    expect(memberOf(await readPlan(group), 'controllers.0.controller')).toBe('region');
  });
});
