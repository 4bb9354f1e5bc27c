import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import { startGitServer } from '#lab/git-server/index.ts';
import { makeKubeApi } from '#lab/kubernetes/kube-api.ts';
import { startPostgres } from '#lab/postgres.ts';
import { waitUntil } from '#lab/process/index.ts';
import { resolveTool, runCommand } from '#lab/resolver/index.ts';
import { startTemporal } from '#lab/temporal.ts';

const GIT_TOKEN = 'the-lab-token';
const CLUSTERS = ['edge+c1', 'edge+c2', 'core+c3'];

describe('a fleet of three clusters with Flux', () => {
  let fleet: Fleet;
  let git: TestGit;
  beforeAll(async () => {
    fleet = await startFleet({ clusters: CLUSTERS, flux: true });
    git = await startTestGit();
  });
  afterAll(async () => {
    await Promise.all([fleet?.stop(), git?.stop()]);
  });

  it('makes the pods of a Deployment and, with their volumes, of a StatefulSet Ready on each of them', async () => {
    await Promise.all(
      fleet.clusters.map(async (cluster) => {
        await cluster.api.apply(DEPLOYMENT_PATH, workload('Deployment', 'web', {}));
        await cluster.api.apply(STATEFUL_SET_PATH, workload('StatefulSet', 'db', { serviceName: 'db', ...CLAIMS }));
        await waitForReplicas(cluster, DEPLOYMENT_PATH);
        await waitForReplicas(cluster, STATEFUL_SET_PATH);
      }),
    );
  });

  it('lets in who holds the token and nobody else', async () => {
    const [cluster] = fleet.clusters;
    const stranger = makeKubeApi({ ...cluster!.access, token: 'guessed' });
    expect((await stranger.get('/api/v1/secrets')).status).toBe(401);
    stranger.close();
  });

  it('gives a kubeconfig that kubectl works with', async () => {
    const kubectl = await resolveTool('kubectl');
    for (const { kubeconfigFile } of fleet.clusters) {
      const said = await runCommand([kubectl, '--kubeconfig', kubeconfigFile, 'get', 'nodes', '--no-headers']);
      expect(said).toMatch(/-node-1\s+Ready/);
    }
  });

  it('applies to each cluster what Git holds for it, and prunes what Git holds no longer', async () => {
    // given a repository with one ConfigMap per cluster
    for (const name of CLUSTERS) await git.write(`clusters/${name}/sample.yaml`, configMap(name));
    await git.push('one file per cluster');
    // when Flux is bootstrapped on it
    await Promise.all(
      fleet.clusters.map((cluster) => bootstrapFlux(cluster, { gitUrl: git.url, username: 'flux', token: GIT_TOKEN })),
    );
    // then each cluster gets its own
    for (const cluster of fleet.clusters) {
      await waitUntil(
        async () => JSON.stringify((await cluster.api.get(CONFIG_MAP_PATH)).body).includes(cluster.name),
        {
          timeoutMs: 120_000,
          expected: `Flux to apply the ConfigMap of ${cluster.name}`,
        },
      );
    }
    // and loses it when it is gone from Git
    await git.write(`clusters/edge+c1/sample.yaml`, configMap('edge+c1').replace('name: sample', 'name: other'));
    await git.push('another name on edge+c1');
    await waitUntil(async () => (await fleet.clusters[0]?.api.get(CONFIG_MAP_PATH))?.status === 404, {
      timeoutMs: 120_000,
      expected: 'Flux to prune the ConfigMap of edge+c1',
    });
  });

  it('brings a cluster that was offline back with what it had', async () => {
    const cluster = fleet.clusters[2]!;
    await cluster.goOffline();
    await expect(cluster.api.get('/readyz')).rejects.toThrow(/ECONNREFUSED/);
    await cluster.goOnline();
    expect((await cluster.api.get(DEPLOYMENT_PATH)).status).toBe(200);
  });
});

it('PostgreSQL answers on databases of its own', async () => {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: await postgres.makeDatabase('emco-test') });
  await client.connect();
  const { rows } = await client.query('SELECT current_database() AS name');
  expect(rows).toEqual([{ name: 'emco-test' }]);
  await client.end();
  await postgres.stop();
});

it('Temporal serves its namespace with the retention and search attributes asked for, also after a kill', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emco-temporal-'));
  const cli = await resolveTool('temporal');
  const options = { folder, searchAttributes: { EmcoProject: 'Keyword' } };
  const first = await startTemporal(options);
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const second = await startTemporal(options);
  const ask = ['--namespace', second.namespace, '--address', second.address];
  expect(await runCommand([cli, 'operator', 'namespace', 'describe', ...ask])).toMatch(/720h0m0s/);
  expect(await runCommand([cli, 'operator', 'search-attribute', 'list', ...ask])).toMatch(/EmcoProject\s+Keyword/);
  await second.stop();
  await rm(folder, { recursive: true });
});

const DEPLOYMENT_PATH = '/apis/apps/v1/namespaces/default/deployments/web';
const STATEFUL_SET_PATH = '/apis/apps/v1/namespaces/default/statefulsets/db';
const CONFIG_MAP_PATH = '/api/v1/namespaces/default/configmaps/sample';
const CLAIM_SPEC = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const CLAIMS = { volumeClaimTemplates: [{ metadata: { name: 'files' }, spec: CLAIM_SPEC }] };

function workload(kind: string, name: string, more: object): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'sample:1' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template, ...more };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec };
}

function configMap(value: string): string {
  const metadata = 'metadata:\n  name: sample\n  namespace: default';
  return `apiVersion: v1\nkind: ConfigMap\n${metadata}\ndata:\n  cluster: ${value}\n`;
}

async function waitForReplicas({ api, name }: LabCluster, path: string): Promise<void> {
  await waitUntil(async () => JSON.stringify((await api.get(path)).body).includes('"readyReplicas":2'), {
    timeoutMs: 60_000,
    expected: `two ready replicas at ${path} of ${name}`,
  });
}

interface TestGit {
  readonly url: string;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly push: (subject: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A repository on the lab's Git server and a clone to push from. */
async function startTestGit(): Promise<TestGit> {
  const root = await mkdtemp(join(tmpdir(), 'emco-git-'));
  const clone = join(root, 'clone');
  const server = await startGitServer({ folder: join(root, 'served'), port: 0, token: GIT_TOKEN });
  const url = await server.createRepository('fleet');
  const header = `Authorization: Bearer ${GIT_TOKEN}`;
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header };
  await runCommand(['git', 'clone', '-q', url, clone], { env });
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@invalid'];
  return {
    url,
    write: async (path, text) => {
      await mkdir(dirname(join(clone, path)), { recursive: true });
      await writeFile(join(clone, path), text);
    },
    push: async (subject) => {
      await runCommand(['git', 'add', '-A'], { cwd: clone });
      await runCommand(['git', ...author, 'commit', '-q', '-m', subject], { cwd: clone });
      await runCommand(['git', 'push', '-q', 'origin', 'HEAD:main'], { cwd: clone, env });
    },
    stop: async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
