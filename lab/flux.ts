import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { parse } from 'yaml';

import type { LabCluster } from '#lab/cluster.ts';
import { hasCondition } from '#lab/kubernetes/has-condition.ts';
import { findFreePorts, startProgram, startTogether, stopAll, toFlags, waitUntil } from '#lab/process/index.ts';
import type { RunningProgram, Stoppable } from '#lab/process/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';

type Controller = 'source-controller' | 'kustomize-controller';

const CRDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NAMESPACE = 'flux-system';

/** Installs Flux's kinds and runs its real source and kustomize controllers against a cluster, as processes of this machine. */
export async function startFlux(cluster: LabCluster): Promise<Stoppable> {
  await cluster.api.apply(`/api/v1/namespaces/${NAMESPACE}`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  await applyCrds(cluster, 'source-controller');
  await applyCrds(cluster, 'kustomize-controller');
  const [port] = await findFreePorts(1);
  const folder = join(cluster.folder, 'source-controller-data');
  await mkdir(folder, { recursive: true });
  // Kustomize-controller fetches what source-controller serves, so that address is the loopback's.
  const storage = {
    'storage-path': folder,
    'storage-addr': `127.0.0.1:${port}`,
    'storage-adv-addr': `127.0.0.1:${port}`,
  };
  const programs = await startTogether([
    startController(cluster, 'source-controller', storage),
    startController(cluster, 'kustomize-controller', {}),
  ]);
  return { stop: () => stopAll(programs) };
}

async function applyCrds({ api }: LabCluster, controller: Controller): Promise<void> {
  const folder = join(dirname(await resolveTool(controller)), 'crds');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      const name = crdName(file, parse(text));
      await api.apply(`${CRDS_PATH}/${name}`, text);
      await waitUntil(async () => hasCondition((await api.get(`${CRDS_PATH}/${name}`)).body, 'Established'), {
        timeoutMs: 30_000,
        expected: `CRD ${name} to be established`,
      });
    }),
  );
}

function crdName(file: string, crd: { readonly metadata?: { readonly name?: unknown } } | null): string {
  const name = crd?.metadata?.name;
  if (typeof name === 'string') return name;
  throw new Error(`${file}: expected a CRD with a name, found none`);
}

async function startController(
  cluster: LabCluster,
  controller: Controller,
  flags: Readonly<Record<string, string>>,
): Promise<RunningProgram> {
  const [healthPort, metricsPort] = await findFreePorts(2);
  const temporary = join(cluster.folder, `${controller}-tmp`);
  await mkdir(temporary, { recursive: true });
  return startProgram({
    name: `${cluster.slug} ${controller}`,
    file: await resolveTool(controller),
    args: toFlags({
      ...flags,
      'health-addr': `127.0.0.1:${healthPort}`,
      'metrics-addr': `127.0.0.1:${metricsPort}`,
      'events-addr': '',
      'enable-leader-election': 'false',
    }),
    env: { KUBECONFIG: cluster.kubeconfigFile, RUNTIME_NAMESPACE: NAMESPACE, TMPDIR: temporary },
    logFile: join(cluster.folder, `${controller}.log`),
    isReady: async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok,
    stopGraceMs: 3_000,
  });
}
