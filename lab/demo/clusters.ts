import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import { startFleet } from '#lab/fleet.ts';
import type { Fleet } from '#lab/fleet.ts';
import type { KubeApi } from '#lab/kubernetes/kube-api.ts';

import type { Checks } from './checks.ts';
import { clusterNames } from './expected.ts';
import { images } from './verify-git.ts';

export interface DemoClusters {
  readonly fleet: Fleet;
  /** By `provider+cluster`. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export async function startClusters(folder: string, say: (line: string) => void): Promise<DemoClusters> {
  const fleet = await startFleet({ clusters: clusterNames, flux: true, folder, say });
  const kubeconfigs = Object.fromEntries(fleet.clusters.map(({ name, kubeconfigFile }) => [name, kubeconfigFile]));
  return { fleet, kubeconfigs, stop: fleet.stop };
}

/** What the operator does once: `flux bootstrap` on each cluster, here by its effects. */
export async function bootstrapClusters(
  { fleet }: DemoClusters,
  git: { readonly url: string; readonly user: string; readonly token: string },
): Promise<void> {
  const options = { gitUrl: git.url, username: git.user, token: git.token, sourceInterval: '2s' };
  for (const cluster of fleet.clusters) await bootstrapFlux(cluster, options);
}

/** What the API servers really hold while the group runs. */
export async function verifyLive({ fleet }: DemoClusters, checks: Checks, image: string = images.first): Promise<void> {
  const api = toApi(fleet);
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  for (const [cluster, replicas] of [
    ['edge+c1', 2],
    ['edge+c2', 4],
  ] as const) {
    const found = await read(api(cluster), `${deployments}/shop-api`);
    checks.same(`live: ready replicas of api on ${cluster}`, at(found, 'status', 'readyReplicas'), replicas);
    const [container] = toList(at(found, 'spec', 'template', 'spec', 'containers'));
    checks.same(`live: image of api on ${cluster}`, at(container, 'image'), image);
  }
  const backup = await read(api('core+c3'), '/apis/shop.emco.example/v1/namespaces/default/backupplans/shop-db');
  checks.same('live: custom resource on core+c3', at(backup, 'spec', 'keep'), 7);
  const database = await read(api('core+c3'), '/apis/apps/v1/namespaces/default/statefulsets/shop-db');
  checks.same('live: ready replicas of db on core+c3', at(database, 'status', 'readyReplicas'), 2);
  const storefront = await read(api('edge+c1'), '/api/v1/namespaces/default/configmaps/storefront');
  checks.same('live: region of the storefront on edge+c1', at(storefront, 'data', 'region'), 'north');
}

const kinds = [
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/apps/v1/namespaces/default/statefulsets',
  '/apis/batch/v1/namespaces/default/jobs',
  '/api/v1/namespaces/default/services',
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/secrets',
  '/api/v1/namespaces/default/serviceaccounts',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles',
] as const;

/** After terminate: nothing that carries emco's label, on any cluster. */
export async function verifyNothingLive({ fleet }: DemoClusters, checks: Checks): Promise<void> {
  for (const { name, api } of fleet.clusters) {
    const left: string[] = [];
    for (const kind of kinds) {
      const found = await read(api, `${kind}?labelSelector=emco%2Fdeployment-id`);
      left.push(
        ...toList(at(found, 'items')).map(
          (item) => `${kind.split('/').at(-1)}/${String(at(item, 'metadata', 'name'))}`,
        ),
      );
    }
    checks.none(`live: objects of emco left on ${name}`, left);
  }
}

function toApi(fleet: Fleet): (cluster: string) => KubeApi {
  return (cluster) => {
    const found = fleet.clusters.find(({ name }) => name === cluster);
    if (found === undefined) throw new Error(`cluster ${cluster}: expected it in the fleet, found none`);
    return found.api;
  };
}

async function read(api: KubeApi, path: string): Promise<unknown> {
  const { status, body } = await api.get(path);
  return status === 200 ? body : undefined;
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function at(root: unknown, ...path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
  }
  return value;
}
