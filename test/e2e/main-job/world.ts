/** The stage of the main job: real clusters, emco as a user starts it, a clone of its repository. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { type Fleet, startFleet } from '#lab/fleet.ts';
import type { Caller } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { writeClusters } from './documents.ts';

/** With Flux on emco's repository. */
export const fluxClusters = ['edge+c1', 'edge+c2', 'core+c3'] as const;
/** Without Flux: emco applies by itself. */
export const directCluster = 'far+d1';
export const allClusters = [...fluxClusters, directCluster] as const;

export type ClusterName = (typeof allClusters)[number];

export interface World {
  /** Of the present life. */
  readonly emco: () => Emco;
  /** Paths below `/v2`; goes on after a restart. */
  readonly api: Caller;
  readonly git: GitReader;
  readonly cluster: (name: ClusterName) => LabCluster;
  /** `kill -9` of emco alone, and a new start on the same data. */
  readonly killAndRestart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** @param clusters which of them there are; emco is started with `environment` added to that of the process */
export async function startWorld(
  clusters: readonly ClusterName[] = allClusters,
  environment: Readonly<Record<string, string>> = {},
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-main-job-'));
  // One after the other: both look for free ports, and emco keeps the ones that it found.
  let emco = await startEmco(folder, environment);
  const flux = fluxClusters.filter((name) => clusters.includes(name));
  const fleet = await startFleet({ clusters, flux });
  const cluster = (name: ClusterName): LabCluster => find(fleet, name);
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const api = below('/v2', () => emco.call);
  await bootstrapAll(emco, git, flux.map(cluster));
  const reference = { url: emco.git, user: emco.gitUser, token: emco.gitToken };
  await writeClusters(api, {
    git: reference,
    kubeconfigs: new Map(clusters.map((name) => [name, cluster(name).kubeconfig])),
  });
  return {
    api,
    git,
    cluster,
    emco: () => emco,
    killAndRestart: async () => {
      await emco.kill();
      emco = await startEmco(folder, environment);
    },
    stop: async () => {
      await Promise.all([emco.stop(), git.close()]);
      await fleet.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function find(fleet: Fleet, name: ClusterName): LabCluster {
  const found = fleet.clusters.find((one) => one.name === name);
  if (found === undefined) throw new Error(`cluster ${name}: expected it in the fleet, found none`);
  return found;
}

function below(prefix: string, present: () => Caller): Caller {
  return {
    call: (wanted) => present().call({ ...wanted, path: `${prefix}${wanted.path}` }),
    get: (path, headers) => present().get(`${prefix}${path}`, headers),
    post: (path, rest) => present().post(`${prefix}${path}`, rest),
    put: (path, rest) => present().put(`${prefix}${path}`, rest),
    remove: (path, headers) => present().remove(`${prefix}${path}`, headers),
  };
}

/** Each folder holds something of the operator's, since Flux does not sync a folder that is not there. */
export async function bootstrapAll(emco: Emco, git: GitReader, clusters: readonly LabCluster[]): Promise<void> {
  const toFile = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: operator, namespace: default}\ndata: {of: ${name}}\n`;
  const files = clusters.map(({ name }) => [`clusters/${name}/operator.yaml`, toFile(name)] as const);
  await git.pushForeign(Object.fromEntries(files), 'Bootstrap the clusters');
  for (const cluster of clusters) {
    const { git: gitUrl, gitUser: username, gitToken: token } = emco;
    await bootstrapFlux(cluster, { gitUrl, username, token, sourceInterval: '2s' });
  }
}
