import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findFreePort, startProgram, toFlags } from '#lab/process/index.ts';
import type { ProgramSpec, RunningProgram } from '#lab/process/index.ts';
import { resolveTool } from '#lab/resolver/index.ts';

import { makeKubeApi } from './kube-api.ts';
import type { KubeApi } from './kube-api.ts';
import { toKubeconfig } from './kubeconfig.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { type SigningAuthority, writeSigningAuthority } from './signing-authority.ts';

const STOP_GRACE_MS = 1_000; // what they hold is in etcd
const PRIVATE = { mode: 0o600 };

export interface ApiServerOptions {
  /** Gets keys, tokens, certificate and logs. */
  readonly folder: string;
  /** Unique within the etcd. */
  readonly slug: string;
  readonly etcdUrl: string;
  /** Beyond the lab's own, without the dashes. */
  readonly flags?: Readonly<Record<string, string>>;
}

export interface RunningApiServer {
  readonly access: ClusterAccess;
  readonly api: KubeApi;
  readonly kubeconfigFile: string;
  readonly program: RunningProgram;
  readonly authority: SigningAuthority;
  /** Starts it again after `program.stop()`, on the same port with the same credentials. */
  readonly startAgain: () => Promise<RunningProgram>;
}

export async function startApiServer({
  folder,
  slug,
  etcdUrl,
  flags = {},
}: ApiServerOptions): Promise<RunningApiServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const port = await findFreePort();
  const token = randomBytes(24).toString('hex');
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, PRIVATE);
  await writeServiceAccountKeys(folder);
  const authority = await writeSigningAuthority(folder);
  const server = `https://127.0.0.1:${port}`;
  const readAccess = async (): Promise<ClusterAccess> => ({
    server,
    token,
    ca: await readFile(join(folder, 'certificates/apiserver.crt'), 'utf8'),
  });
  const spec: ProgramSpec = {
    name: `${slug} kube-apiserver`,
    file: await resolveTool('kube-apiserver'),
    args: [...apiServerFlags({ folder, slug, etcdUrl, port, clientCa: authority.certificateFile }), ...toFlags(flags)],
    logFile: join(folder, 'kube-apiserver.log'),
    isReady: async () => isServing(await readAccess()),
    stopGraceMs: STOP_GRACE_MS,
  };
  const program = await startProgram(spec);
  const access = await readAccess();
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, toKubeconfig(slug, access), PRIVATE);
  return { access, api: makeKubeApi(access), kubeconfigFile, program, authority, startAgain: () => startProgram(spec) };
}

type ApiServerParts = ApiServerOptions & { readonly port: number; readonly clientCa: string };

function apiServerFlags({ folder, slug, etcdUrl, port, clientCa }: ApiServerParts): string[] {
  return toFlags({
    'etcd-servers': etcdUrl,
    'etcd-prefix': `/${slug}`,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': port,
    'cert-dir': join(folder, 'certificates'), // it signs its own certificate for this address
    'token-auth-file': join(folder, 'tokens.csv'),
    'client-ca-file': clientCa,
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': join(folder, 'service-account.pub'),
    'service-account-signing-key-file': join(folder, 'service-account.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    'endpoint-reconciler-type': 'none', // a loopback address may not stand in Endpoints
    'disable-admission-plugins': 'TaintNodesByCondition', // nothing here would take the taint away again
    'enable-priority-and-fairness': 'false',
    profiling: 'false',
  });
}

async function writeServiceAccountKeys(folder: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  await writeFile(join(folder, 'service-account.key'), privateKey, PRIVATE);
  await writeFile(join(folder, 'service-account.pub'), publicKey, PRIVATE);
}

async function isServing(access: ClusterAccess): Promise<boolean> {
  const api = makeKubeApi(access);
  try {
    return (await api.get('/readyz')).status === 200;
  } finally {
    api.close();
  }
}

/** The controllers that a lab has work for; the others would only cost memory. */
const CONTROLLERS = [
  'certificatesigningrequest-signing-controller',
  'cronjob-controller',
  'clusterrole-aggregation-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'horizontal-pod-autoscaler-controller',
  'job-controller',
  'namespace-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'pod-garbage-collector-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
];

function controllerFlags(folder: string): Record<string, string | number> {
  return {
    kubeconfig: join(folder, 'kubeconfig'),
    'leader-elect': 'false',
    'secure-port': 0, // it serves nobody
    'kube-api-qps': 200,
    'kube-api-burst': 400,
  };
}

export async function startControllerManager(
  folder: string,
  slug: string,
  authority: SigningAuthority,
): Promise<RunningProgram> {
  return startProgram({
    name: `${slug} kube-controller-manager`,
    file: await resolveTool('kube-controller-manager'),
    args: toFlags({
      ...controllerFlags(folder),
      controllers: CONTROLLERS.join(','),
      'cluster-signing-cert-file': authority.certificateFile,
      'cluster-signing-key-file': authority.keyFile,
      'root-ca-file': join(folder, 'certificates/apiserver.crt'),
      'service-account-private-key-file': join(folder, 'service-account.key'),
    }),
    logFile: join(folder, 'kube-controller-manager.log'),
    stopGraceMs: STOP_GRACE_MS,
  });
}

export async function startScheduler(folder: string, slug: string): Promise<RunningProgram> {
  return startProgram({
    name: `${slug} kube-scheduler`,
    file: await resolveTool('kube-scheduler'),
    args: toFlags(controllerFlags(folder)),
    logFile: join(folder, 'kube-scheduler.log'),
    stopGraceMs: STOP_GRACE_MS,
  });
}
