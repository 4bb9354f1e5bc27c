import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { startProgram, toFlags, waitUntil } from '#lab/process/index.ts';
import type { RunningProgram } from '#lab/process/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';

import { hasCondition } from './has-condition.ts';
import type { KubeApi } from './kube-api.ts';

/** Node and pod life as kwok plays it; heartbeats are left out, since nothing here watches for them. */
const STAGE_FOLDERS = ['node/fast', 'pod/fast'];

export interface NodesOptions {
  readonly folder: string;
  readonly slug: string;
  readonly api: KubeApi;
  readonly count: number;
}

/** Nodes without machines: kwok makes them and their pods Ready. */
export async function startNodes({ folder, slug, api, count }: NodesOptions): Promise<RunningProgram> {
  const names = Array.from({ length: count }, (_, index) => `${slug}-node-${index + 1}`);
  await Promise.all(names.map((name) => api.apply(`/api/v1/nodes/${name}`, node(name))));
  const file = await resolveTool('kwok');
  const stages = await findStages(join(dirname(file), 'stages'));
  return startProgram({
    name: `${slug} kwok`,
    file,
    args: [
      ...toFlags({ kubeconfig: join(folder, 'kubeconfig'), 'manage-all-nodes': 'true', 'node-ip': '10.0.0.1' }),
      ...stages.map((stage) => `--config=${stage}`),
    ],
    env: { KWOK_WORKDIR: join(folder, 'kwok') },
    logFile: join(folder, 'kwok.log'),
    isReady: async () => {
      const answers = await Promise.all(names.map((name) => api.get(`/api/v1/nodes/${name}`)));
      return answers.every(({ body }) => hasCondition(body, 'Ready'));
    },
    stopGraceMs: 3_000,
  });
}

async function findStages(root: string): Promise<string[]> {
  const found = await Promise.all(
    STAGE_FOLDERS.map(async (folder) => {
      const names = await readdir(join(root, folder));
      return names
        .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
        .map((name) => join(root, folder, name));
    }),
  );
  return found.flat();
}

function node(name: string): object {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

/** Waits until service accounts exist by themselves: from then on a pod can be made in any namespace. */
export async function waitForServiceAccounts(api: KubeApi): Promise<void> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  await waitUntil(async () => (await api.get(path)).status === 200, {
    timeoutMs: 60_000,
    expected: 'the controller manager to make the default service account',
  });
}
