/** The stage of the clouds: one direct cluster, two with Flux on emco's repository, RBAC on everywhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Caller } from '#test/support/api-client.ts';
import { startEmco } from '#test/support/emco.ts';
import { openGitReader } from '#test/support/git-reader.ts';
import { makeTarGz } from '#test/support/make-archive.ts';
import { Group } from '#test/e2e/main-job/group.ts';
import { named, onClusters, send } from '#test/e2e/main-job/documents.ts';

export const clusters = ['edge+c1', 'edge+c2', 'far+d1'] as const;
export type CloudCluster = (typeof clusters)[number];

export interface CloudWorld {
  /** Paths below `/v2`. */
  readonly api: Caller;
  readonly cluster: (name: CloudCluster) => LabCluster;
  readonly stop: () => Promise<void>;
}

export async function startCloudWorld(): Promise<CloudWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-clouds-'));
  const emco = await startEmco(folder);
  const fleet = await startFleet({ clusters, flux: ['edge+c1', 'edge+c2'] });
  const cluster = (name: CloudCluster): LabCluster => {
    const found = fleet.clusters.find((one) => one.name === name);
    if (found === undefined) throw new Error(`cluster ${name}: expected it in the fleet, found none`);
    return found;
  };
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const operator = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: operator, namespace: default}\n';
  const files = ['edge+c1', 'edge+c2'].map((name) => [`clusters/${name}/operator.yaml`, operator] as const);
  await git.pushForeign(Object.fromEntries(files), 'Bootstrap the clusters');
  for (const name of ['edge+c1', 'edge+c2'] as const) {
    const { git: gitUrl, gitUser: username, gitToken: token } = emco;
    await bootstrapFlux(cluster(name), { gitUrl, username, token, sourceInterval: '2s' });
  }
  const { call } = emco;
  const api: Caller = {
    call: (wanted) => call.call({ ...wanted, path: `/v2${wanted.path}` }),
    get: (path, headers) => call.get(`/v2${path}`, headers),
    post: (path, rest) => call.post(`/v2${path}`, rest),
    put: (path, rest) => call.put(`/v2${path}`, rest),
    remove: (path, headers) => call.remove(`/v2${path}`, headers),
  };
  await writeClusters(api, { url: emco.git, user: emco.gitUser, token: emco.gitToken }, cluster);
  return {
    api,
    cluster,
    stop: async () => {
      await Promise.all([emco.stop(), git.close()]);
      await fleet.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeClusters(
  api: Caller,
  git: { readonly url: string; readonly user: string; readonly token: string },
  cluster: CloudWorld['cluster'],
): Promise<void> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  for (const provider of ['edge', 'far']) await post('/cluster-providers', named(provider));
  const repository = { gitType: 'git', userName: git.user, gitToken: git.token, repoName: 'emco', branch: 'main' };
  const kv = [{ ...repository, url: git.url, syncInterval: '5', retryInterval: '5' }];
  await post('/cluster-providers/edge/cluster-sync-objects', named('git', { kv }));
  const gitOps = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'git', gitOpsResourceObject: 'git' };
  for (const key of clusters) {
    const [provider = '', name = ''] = key.split('+');
    const files = [['file', 'kubeconfig', cluster(key).kubeconfig]] as const;
    const spec = provider === 'edge' ? { gitOps } : undefined;
    await send(api, 'post', { path: `/cluster-providers/${provider}/clusters`, metadata: named(name, spec), files });
  }
  await post('/projects', named('job'));
}

/** A composite application of one app, its templates as given, in the cloud on these clusters; approved. */
export async function writeTenantGroup(
  { api }: CloudWorld,
  { name, on, templates }: { name: string; on: readonly CloudCluster[]; templates: readonly string[] },
): Promise<Group> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  const version = `/projects/job/composite-apps/${name}/v1`;
  await post('/projects/job/composite-apps', named(name, { compositeAppVersion: 'v1' }));
  const chart = await makeTarGz([
    { name: 'web/Chart.yaml', text: 'apiVersion: v2\nname: web\nversion: 0.1.0\n' },
    ...templates.map((text, at) => ({ name: `web/templates/t${at}.yaml`, text })),
  ]);
  await send(api, 'post', {
    path: `${version}/apps`,
    metadata: named('web'),
    files: [['file', 'web.tgz', chart]],
  });
  await post(`${version}/composite-profiles`, named('p'));
  const profile = await makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: '{}\n' },
  ]);
  await send(api, 'post', {
    path: `${version}/composite-profiles/p/profiles`,
    metadata: named('web', { app: 'web' }),
    files: [['file', 'profile.tgz', profile]],
  });
  const spec = { compositeProfile: 'p', version: name, logicalCloud: 'shop', overrideValues: [] };
  await post(`${version}/deployment-intent-groups`, named(name, spec));
  const path = `${version}/deployment-intent-groups/${name}`;
  await post(`${path}/generic-placement-intents`, named('placement'));
  await post(`${path}/generic-placement-intents/placement/app-intents`, onClusters('web', on));
  await post(`${path}/intents`, named('all', { intent: { genericPlacementIntent: 'placement' } }));
  const group = new Group(api, { compositeApp: name, name });
  await group.request('approve');
  return group;
}
