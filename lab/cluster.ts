import { join } from 'node:path';

import { startApiServer, startControllerManager, startScheduler } from '#lab/kubernetes/control-plane.ts';
import type { KubeApi } from '#lab/kubernetes/kube-api.ts';
import { toKubeconfig } from '#lab/kubernetes/kubeconfig.ts';
import type { ClusterAccess } from '#lab/kubernetes/kubeconfig.ts';
import { startNodes, waitForServiceAccounts } from '#lab/kubernetes/nodes.ts';
import { applyStorage } from '#lab/kubernetes/storage.ts';
import { startTogether, stopAll } from '#lab/process/index.ts';
import type { RunningProgram } from '#lab/process/index.ts';

export interface ClusterOptions {
  /** `<provider>+<cluster>`. */
  readonly name: string;
  /** Gets a folder of its own for this cluster. */
  readonly folder: string;
  /** An etcd that several clusters may share. */
  readonly etcdUrl: string;
  /** Default: 1. */
  readonly nodes?: number;
}

/** A real Kubernetes control plane whose nodes are played by kwok. */
export interface LabCluster {
  readonly name: string;
  /** The name in a form that fits files and Kubernetes names: `edge-c1`. */
  readonly slug: string;
  readonly folder: string;
  readonly access: ClusterAccess;
  /** The administrator's kubeconfig, as text and as file. */
  readonly kubeconfig: string;
  readonly kubeconfigFile: string;
  readonly api: KubeApi;
  /** The API server ends: to everybody else the cluster is unreachable. */
  readonly goOffline: () => Promise<void>;
  /** The API server is back, same address, same contents. */
  readonly goOnline: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts one cluster; it is ready when its nodes are and pods can be made. */
export async function startCluster(options: ClusterOptions): Promise<LabCluster> {
  const { name, etcdUrl, nodes = 1 } = options;
  const slug = toSlug(name);
  const folder = join(options.folder, slug);
  const server = await startApiServer({ folder, slug, etcdUrl });
  const { api, access } = server;
  let apiServer = server.program;
  const others: RunningProgram[] = [];
  const stop = async (): Promise<void> => {
    api.close();
    await Promise.all([stopAll(others), apiServer.stop()]);
  };
  try {
    await applyStorage(api);
    const programs = await startTogether([
      startControllerManager(folder, slug, server.authority),
      startScheduler(folder, slug),
      startNodes({ folder, slug, api, count: nodes }),
    ]);
    others.push(...programs);
    await waitForServiceAccounts(api);
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = toKubeconfig(slug, access);
  return {
    name,
    slug,
    folder,
    access,
    kubeconfig,
    api,
    stop,
    kubeconfigFile: server.kubeconfigFile,
    goOffline: () => apiServer.stop(),
    goOnline: async () => {
      apiServer = await server.startAgain();
    },
  };
}

/** `edge+c1` → `edge-c1`. */
function toSlug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
