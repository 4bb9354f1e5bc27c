/** Answers about one group, as EMCO's clients know them, with the members that emco adds at their end. */
const head = {
  project: 'p1',
  compositeApp: 'ca',
  compositeAppVersion: 'v1',
  compositeProfile: 'cp',
  name: 'd1',
};

const states = {
  statusctxid: '2567401870132468517',
  actions: [
    { state: 'Created', instance: '', time: '2026-11-22T11:08:25.725Z', revision: 0 },
    { state: 'Approved', instance: '', time: '2026-11-22T11:08:27.071Z', revision: 0 },
    { state: 'Instantiated', instance: '2567401870132468517', time: '2026-11-22T11:09:02.750Z', revision: 1 },
  ],
};

const operation = {
  id: '0b1c7f6e-3c1f-4d0e-8a53-7f1f5f0c9d11',
  number: 1,
  kind: 'instantiate',
  state: 'done',
  revision: 1,
  instance: '2567401870132468517',
  step: 'rolled out',
  message: '',
  requestedBy: 'api',
  requestedAt: '2026-11-22T11:09:02.750Z',
  endedAt: '2026-11-22T11:09:06.120Z',
};

const own = { revision: 1, operation, phases: { Ready: 1 } };
const configMap = { GVK: { Group: '', Version: 'v1', Kind: 'ConfigMap' }, name: 'r1-cm' };
const place = { clusterProvider: 'prov', cluster: 'c1' };

const toApps = (resource: object, cluster: object = { connectivity: 'Available' }) => [
  { name: 'app1', clusters: [{ ...place, ...cluster, resources: [resource] }] },
];

const deployed = { deployedStatus: 'Instantiated', deployedCounts: { Applied: 1 } };
const detail = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'r1-cm', namespace: 'ns' }, data: { a: 'b' } };

export const statusExamples = {
  created: { summary: 'before the first instance', value: { ...head, states } },
  summary: { summary: '?status=deployed&output=summary', value: { ...head, states, ...deployed, ...own } },
  all: {
    summary: '?status=deployed',
    value: { ...head, states, ...deployed, apps: toApps({ ...configMap, deployedStatus: 'Applied' }), ...own },
  },
  detail: {
    summary: '?status=deployed&output=detail',
    value: { ...head, states, ...deployed, apps: toApps({ ...configMap, detail, deployedStatus: 'Applied' }), ...own },
  },
  ready: {
    summary: '?status=ready',
    value: {
      ...head,
      states,
      deployedStatus: 'Instantiated',
      readyStatus: 'NotReady',
      readyCounts: { NotReady: 1 },
      apps: toApps({ ...configMap, readyStatus: 'NotReady' }),
      ...own,
    },
  },
  old: {
    summary: "neither status nor type: EMCO's old form",
    value: {
      ...head,
      states,
      status: 'Instantiated',
      rsyncStatus: { Applied: 1 },
      apps: toApps({ ...configMap, rsyncStatus: 'Applied' }, { readyStatus: 'Available' }),
      ...own,
    },
  },
  apps: { summary: '?apps', value: { ...head, apps: ['app1'] } },
  clusters: { summary: '?clusters', value: { ...head, clustersByApp: [{ app: 'app1', clusters: [place] }] } },
  resources: {
    summary: '?resources',
    value: {
      ...head,
      resourcesByApp: [{ app: 'app1', ...place, resources: [{ name: 'r1-cm', GVK: configMap.GVK }] }],
    },
  },
};

const events = [
  {
    id: '12.4',
    time: '2026-11-22T11:09:02.750Z',
    type: 'requested',
    operation: operation.id,
    number: 1,
    kind: 'instantiate',
    requestedBy: 'api',
    revision: 1,
  },
  { id: '12.5', time: '2026-11-22T11:09:05.310Z', type: 'targets', number: 1, phases: { Committed: 2, Pending: 1 } },
];

export const eventPageExample = { events, next: '12.5', isLast: true };

export const eventStreamExample = `retry: 2000

${events.map((event) => `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')}`;

const revision = {
  revision: 1,
  instance: operation.instance,
  operation: operation.id,
  createdAt: '2026-11-22T11:09:03.410Z',
  rolledBackTo: null,
  verified: true,
  digest: '3f1c0b7a5d9e4c2f8a6b1d0e9c8f7a6b5d4e3c2f1a0b9c8d7e6f5a4b3c2d1e0f',
  counts: { waves: 1, apps: 1, clusters: 1, targets: 1, bundles: 1, objects: 1 },
};

export const revisionExample = revision;
export const operationExample = operation;
