/** Examples of the contract with controllers, for the OpenAPI document; a test holds them against the schemas. */
const head = {
  apiVersion: 'controllers.emco/v1',
  controller: 'capacity',
  intent: 'most-free',
  group: { project: 'shop', compositeApp: 'store', compositeAppVersion: 'v1', deploymentIntentGroup: 'prod' },
  operation: { id: '7f7c0d0e-0f3f-4bd5-8f3e-0d3c1ad6d4bb', number: 1, kind: 'instantiate' },
  revision: 1,
} as const;

const logicalCloud = { name: 'retail', namespace: 'retail' };

const clusters = [
  { cluster: 'edge+north', labels: ['store'], kv: { capacity: { freeCores: '12' } } },
  { cluster: 'edge+south', labels: ['store'], kv: { capacity: { freeCores: '3' } } },
];

const labels = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { greeting: 'hello' },
};

export const exchangeExamples = {
  PlaceRequest: {
    ...head,
    kind: 'PlaceRequest',
    logicalCloud,
    clusters,
    apps: [{ app: 'web', allOf: [], anyOf: [['edge+north', 'edge+south']] }],
  },
  PlaceResult: {
    apiVersion: head.apiVersion,
    kind: 'PlaceResult',
    apps: [{ app: 'web', clusters: [{ cluster: 'edge+north', reason: '12 cores are free' }] }],
  },
  CustomiseRequest: {
    ...head,
    controller: 'where-am-i',
    intent: 'region',
    kind: 'CustomiseRequest',
    logicalCloud,
    release: 'r1',
    clusters,
    objects: [labels],
    apps: [{ app: 'web', variants: [{ clusters: ['edge+north', 'edge+south'], objects: [0] }] }],
  },
  CustomiseResult: {
    apiVersion: head.apiVersion,
    kind: 'CustomiseResult',
    changes: [
      {
        app: 'web',
        clusters: ['edge+north'],
        put: [{ ...labels, metadata: { name: 'settings', annotations: { 'example.org/cluster': 'edge+north' } } }],
      },
    ],
    warnings: [{ app: 'web', warning: 'edge+south has no region' }],
  },
  ResultDigest: { digest: 'a3f1'.repeat(16) },
} as const;
