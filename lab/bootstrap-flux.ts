import type { LabCluster } from '#lab/cluster.ts';

export interface FluxBootstrap {
  readonly gitUrl: string;
  readonly username: string;
  readonly token: string;
  /** Default: `main`. */
  readonly branch?: string;
  /** Default: `./clusters/<provider>+<cluster>`. */
  readonly path?: string;
  /** How often Flux looks for commits; Go's notation, default `5s`. */
  readonly sourceInterval?: string;
}

const NAMESPACE = 'flux-system';
const NAMED = { name: 'flux-system', namespace: NAMESPACE };

/** Creates what `flux bootstrap` leaves in a cluster: the secret, the source and the root Kustomization, all named flux-system. */
export async function bootstrapFlux(cluster: LabCluster, options: FluxBootstrap): Promise<void> {
  const {
    gitUrl,
    username,
    token,
    branch = 'main',
    path = `./clusters/${cluster.name}`,
    sourceInterval = '5s',
  } = options;
  await cluster.api.apply(`/api/v1/namespaces/${NAMESPACE}/secrets/flux-system`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: NAMED,
    stringData: { username, password: token },
  });
  await cluster.api.apply(`/apis/source.toolkit.fluxcd.io/v1/namespaces/${NAMESPACE}/gitrepositories/flux-system`, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: NAMED,
    spec: { url: gitUrl, ref: { branch }, interval: sourceInterval, secretRef: { name: 'flux-system' } },
  });
  await cluster.api.apply(`/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${NAMESPACE}/kustomizations/flux-system`, {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: NAMED,
    spec: {
      path,
      prune: true,
      interval: '10s',
      retryInterval: '5s',
      sourceRef: { kind: 'GitRepository', name: 'flux-system' },
    },
  });
}
