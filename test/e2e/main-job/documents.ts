/** The documents of the main job, sent as a user sends them. */
import type { Answer, Call, Caller } from '#test/support/api-client.ts';

interface Repository {
  readonly url: string;
  readonly user: string;
  readonly token: string;
}

export interface ClusterSetup {
  readonly git: Repository;
  /** By `provider+cluster`. */
  readonly kubeconfigs: ReadonlyMap<string, string>;
}

export const named = (name: string, spec?: object): object => ({
  metadata: { name },
  ...(spec === undefined ? {} : { spec }),
});

/** Sends and expects success. */
export async function send(
  api: Caller,
  method: 'post' | 'put',
  { path, ...rest }: Omit<Call, 'method'>,
): Promise<Answer> {
  const answer = await api[method](path, rest);
  if (answer.status < 300) return answer;
  throw new Error(`${method} ${path}: expected success, found ${answer.status} ${answer.text}`);
}

/** Flux looks every few seconds, so that what it repairs by itself is repaired within a test. */
const fluxSettings = [{ syncInterval: '5' }, { retryInterval: '5' }, { secrets: 'plain' }];

const labels: Readonly<Record<string, readonly string[]>> = {
  'edge+c1': ['edge', 'north'],
  'edge+c2': ['edge', 'south'],
  'core+c3': ['data'],
  'far+d1': ['data', 'far'],
};

/** Providers, sync objects, clusters with labels, and a logical cloud of level 0 over all of them. */
export async function writeClusters(api: Caller, { git, kubeconfigs }: ClusterSetup): Promise<void> {
  await send(api, 'post', {
    path: '/controllers',
    json: named('gac', { host: 'built-in', port: 9033, type: 'action', priority: 1 }),
  });
  const reference = [
    { gitType: 'git', userName: git.user, gitToken: git.token, repoName: 'emco', branch: 'main', url: git.url },
  ];
  for (const provider of ['edge', 'core', 'far']) {
    await send(api, 'post', { path: '/cluster-providers', json: named(provider) });
    if (provider === 'far') continue;
    const path = `/cluster-providers/${provider}/cluster-sync-objects`;
    await send(api, 'post', { path, json: named('git', { kv: reference }) });
    await send(api, 'post', { path, json: named('flux', { kv: fluxSettings }) });
  }
  for (const [key, kubeconfig] of kubeconfigs) await writeCluster(api, key, kubeconfig);
  await writeCloud(api, [...kubeconfigs.keys()]);
}

const flux = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'git', gitOpsResourceObject: 'flux' };

async function writeCluster(api: Caller, key: string, kubeconfig: string): Promise<void> {
  const { provider, cluster } = toRef(key);
  const path = `/cluster-providers/${provider}/clusters`;
  const spec = provider === 'far' ? undefined : { gitOps: flux };
  await send(api, 'post', { path, metadata: named(cluster, spec), files: [['file', 'kubeconfig', kubeconfig]] });
  for (const clusterLabel of labels[key] ?? []) {
    await send(api, 'post', { path: `${path}/${cluster}/labels`, json: { clusterLabel } });
  }
}

async function writeCloud(api: Caller, keys: readonly string[]): Promise<void> {
  await send(api, 'post', { path: '/projects', json: named('job') });
  const clouds = '/projects/job/logical-clouds';
  await send(api, 'post', { path: clouds, json: named('everywhere', { level: '0' }) });
  for (const key of keys) {
    const { provider: clusterProvider, cluster } = toRef(key);
    const json = named(key.replace('+', '-'), { clusterProvider, cluster, loadBalancerIP: '0.0.0.0' });
    await send(api, 'post', { path: `${clouds}/everywhere/cluster-references`, json });
  }
  await send(api, 'post', { path: `${clouds}/everywhere/instantiate` });
}

function toRef(key: string): { readonly provider: string; readonly cluster: string } {
  const [provider = '', cluster = ''] = key.split('+');
  return { provider, cluster };
}

/** An intent that names its clusters one by one. */
export const onClusters = (app: string, clusters: readonly string[]): object => {
  const allOf = clusters.map((key) => {
    const { provider, cluster } = toRef(key);
    return { clusterProvider: provider, cluster };
  });
  return named(app, { app, intent: { allOf } });
};
