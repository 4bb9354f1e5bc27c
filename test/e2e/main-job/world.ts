/** The stage of the main job: real clusters, emco as a user starts it, a clone of its repository. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapFlux } from '#lab/bootstrap-flux.ts';
import type { LabCluster } from '#lab/cluster.ts';
import { cloneRepository, type Repository } from '#lab/demo/repository.ts';
import { type Fleet, startFleet } from '#lab/fleet.ts';
import { makeCaller, type Caller } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { writeClusters } from './documents.ts';

/** With Flux on emco's repository. */
export const fluxClusters = ['edge+c1', 'edge+c2', 'core+c3'] as const;
/** Without Flux: emco applies by itself. */
export const directCluster = 'far+d1';

export type ClusterName = (typeof fluxClusters)[number] | typeof directCluster;

export interface World {
  readonly fleet: Fleet;
  readonly emco: () => Emco;
  readonly api: Caller;
  readonly repository: Repository;
  readonly cluster: (name: ClusterName) => LabCluster;
  /** Ends emco as a power cut would, and starts it again on the same data. */
  readonly killAndRestart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'emco-main-job-'));
  const data = join(folder, 'data');
  const names = [...fluxClusters, directCluster];
  const starting = startFleet({ clusters: names, flux: fluxClusters });
  starting.catch(() => undefined); // awaited below
  let emco = await startEmco({ data });
  const fleet = await starting;
  const { ready } = emco;
  const token = (await readFile(ready.gitTokenFile, 'utf8')).trim();
  const git = { url: ready.git, user: ready.gitUser, token };
  const repository = await cloneRepository({ ...git, folder: join(folder, 'clone') });
  await repository.push({ 'README.md': 'The operator was here first.\n' }, 'Bootstrap the repository');
  const cluster = (name: ClusterName): LabCluster => find(fleet, name);
  for (const name of fluxClusters) await bootstrap(cluster(name), { repository, git });
  const api = makeCaller(`${ready.api}/v2`);
  await writeClusters(api, { git, kubeconfig: (name) => cluster(name as ClusterName).kubeconfig });
  return {
    fleet,
    api,
    repository,
    cluster,
    emco: () => emco,
    killAndRestart: async () => {
      await emco.kill();
      emco = await startEmco({ data, port: Number(new URL(ready.api).port) });
    },
    stop: async () => {
      await emco.stop();
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

interface Bootstrap {
  readonly repository: Repository;
  readonly git: { readonly url: string; readonly user: string; readonly token: string };
}

/** The folder holds something of the operator's, since Flux does not sync a folder that is not there. */
async function bootstrap(cluster: LabCluster, { repository, git }: Bootstrap): Promise<void> {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: operator, namespace: default}\ndata: {of: ${cluster.name}}\n`;
  await repository.push({ [`clusters/${cluster.name}/operator.yaml`]: text }, `Bootstrap ${cluster.name}`);
  const { url: gitUrl, user: username, token } = git;
  await bootstrapFlux(cluster, { gitUrl, username, token, sourceInterval: '2s' });
}
