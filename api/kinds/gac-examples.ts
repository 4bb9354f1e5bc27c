/** What the generic action controller can do, by example: all of them are accepted as they stand (test/api/gac-examples.test.ts). */

/** All clusters of the app. */
const everywhere = {
  clusterSpecific: 'false',
  clusterInfo: { scope: 'label', clusterProvider: 'edge', clusterLabel: 'eu', mode: 'allow' },
} as const;

interface Operation {
  readonly op: 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
}

const jsonPatch = (...patchJson: Operation[]) => ({ patchType: 'json' as const, patchJson });

interface DataKey {
  readonly fileName: string;
  readonly keyName: string;
  readonly mergePatch?: 'true';
}

const dataKeys = (...dataKeyOptions: DataKey[]) => ({ configMapOptions: { dataKeyOptions } });

export const resourceExamples = {
  withoutTemplate: {
    summary: 'A new ConfigMap (or Secret) from files and patches alone',
    body: {
      metadata: { name: 'greeting' },
      spec: { app: 'web', newObject: 'true', resourceGVK: { apiVersion: 'v1', kind: 'ConfigMap', name: 'greeting' } },
    },
  },
  fromTemplate: {
    summary: 'A new object from a template',
    body: {
      metadata: { name: 'only-web' },
      spec: {
        app: 'web',
        newObject: 'true',
        resourceGVK: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'only-web' },
      },
    },
    files: {
      'only-web.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: only-web\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n',
    },
  },
  ofTheChart: {
    summary: 'An object of the chart that customizations change',
    body: {
      metadata: { name: 'web-deployment' },
      spec: { app: 'web', newObject: 'false', resourceGVK: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    },
  },
} as const;

export const customizationExamples = {
  byLabel: {
    summary: 'A JSON patch on the clusters with a label',
    body: {
      metadata: { name: 'two-in-eu' },
      spec: {
        clusterSpecific: 'true',
        clusterInfo: { scope: 'label', clusterProvider: 'edge', clusterLabel: 'eu', mode: 'allow' },
        ...jsonPatch({ op: 'replace', path: '/spec/replicas', value: 2 }),
      },
    },
  },
  allButOne: {
    summary: 'A JSON patch on all clusters but one',
    body: {
      metadata: { name: 'not-on-c1' },
      spec: {
        clusterSpecific: 'true',
        clusterInfo: { scope: 'name', clusterProvider: 'edge', cluster: 'c1', mode: 'deny' },
        ...jsonPatch({ op: 'add', path: '/metadata/labels', value: { tier: 'shared' } }),
      },
    },
  },
  dataFiles: {
    summary: 'Files as data of a ConfigMap or Secret, one under a key of its own; a binary file becomes binaryData',
    body: {
      metadata: { name: 'files' },
      spec: {
        ...everywhere,
        ...dataKeys({ fileName: 'hours-eu.json', keyName: 'hours.json' }),
      },
    },
    files: { 'hours-eu.json': '{"open": "08:00"}\n', 'motd.txt': 'Welcome\n' },
  },
  lookUp: {
    summary: "A value looked up for each target cluster: here of the cluster's kv pairs",
    body: {
      metadata: { name: 'gateway' },
      spec: {
        ...everywhere,
        ...jsonPatch({
          op: 'add',
          path: '/data/gateway',
          value:
            '$(http://localhost:9015/v2/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs/gateway?key=address)$',
        }),
      },
    },
  },
  merge: {
    summary: 'A strategic merge patch; custom resources are merged by RFC 7386',
    body: { metadata: { name: 'sidecar' }, spec: { ...everywhere, patchType: 'merge' } },
    files: {
      'sidecar.yaml':
        'spec:\n  template:\n    spec:\n      containers:\n        - name: cache\n          image: example/cache:7\n',
    },
  },
  mergeOfData: {
    summary: 'A merge patch on a ConfigMap: only flagged files are patches',
    body: {
      metadata: { name: 'labelled' },
      spec: {
        ...everywhere,
        patchType: 'merge',
        ...dataKeys({ fileName: 'labels.yaml', keyName: 'labels', mergePatch: 'true' }),
      },
    },
    files: { 'labels.yaml': 'metadata:\n  labels:\n    team: shop\n' },
  },
} as const;
