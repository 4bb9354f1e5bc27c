/** Documents of one case: the few by the API, the thousands straight into the store. */
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey, GroupRef } from '#domain/group.ts';
import type { JsonObject } from '#domain/json.ts';
import type { NewDocument } from '#domain/ports/documents.ts';
import { ensureRepository } from '#lab/git-server/repositories.ts';
import { call, type Upload } from './api.ts';
import { appNames, type BenchCase, toCaseName, toClusterName } from './cases.ts';
import { chartObjects, makeBenchChart, makeBenchProfile } from './charts.ts';
import type { EmcoProcess } from './emco-process.ts';

export interface SeededCase {
  readonly ref: GroupRef;
  /** Path of the group's document in the API. */
  readonly path: string;
  /** Name of the repository on the product's Git server. */
  readonly repository: string;
  readonly url: string;
  readonly charts: ReadonlyMap<string, Uint8Array>;
}

const metadata = (name: string): JsonObject => ({ metadata: { name } });
const createdBy = { name: 'bench' };

export async function seedCase(emco: EmcoProcess, one: BenchCase): Promise<SeededCase> {
  const name = toCaseName(one);
  await ensureRepository(emco.gitFolder, name);
  const url = `${emco.gitBase}/${name}.git`;
  const charts = new Map<string, Uint8Array>();
  for (const app of appNames) charts.set(app, await makeBenchChart(app, name));
  const ref = { project: name, compositeApp: 'store', version: 'v1', group: 'live' };
  const root = `/projects/${name}/composite-apps/store/v1`;
  const seeded = { ref, path: `${root}/deployment-intent-groups/live`, repository: name, url, charts };
  await makeClusters(emco, one, { name, url });
  await makeProject(emco, one, name);
  await makeApps(emco, root, charts);
  await makeGroup(emco, one, seeded);
  return seeded;
}

async function makeClusters(
  emco: EmcoProcess,
  one: BenchCase,
  { name, url }: { name: string; url: string },
): Promise<void> {
  const provider = `/cluster-providers/${name}`;
  await call(emco.api, '/cluster-providers', { body: metadata(name) });
  const kv = [{ url }, { branch: 'main' }, { userName: 'emco' }, { gitToken: emco.gitToken }];
  await call(emco.api, `${provider}/cluster-sync-objects`, { body: { ...metadata('git'), spec: { kv } } });
  const gitOps = { gitOpsType: 'fluxcd', gitOpsReferenceObject: 'git', gitOpsResourceObject: 'git' };
  const clusters = eachCluster(one, (cluster) => ({
    ...document(documentKinds.cluster, provider, `/clusters/${cluster}`),
    body: { ...metadata(cluster), spec: { gitOps } },
    references: [`${provider}/cluster-sync-objects/git` as DocumentKey],
  }));
  const labels = eachCluster(one, (cluster) => ({
    ...document(documentKinds.clusterLabel, `${provider}/clusters/${cluster}`, '/labels/all'),
    body: { clusterLabel: 'all' },
  }));
  await emco.store.documents.createMany(clusters, createdBy);
  await emco.store.documents.createMany(labels, createdBy);
}

async function makeProject(emco: EmcoProcess, one: BenchCase, name: string): Promise<void> {
  const cloud = `/projects/${name}/logical-clouds/everywhere`;
  await call(emco.api, '/projects', { body: metadata(name) });
  await call(emco.api, `/projects/${name}/logical-clouds`, {
    body: { ...metadata('everywhere'), spec: { level: '0' } },
  });
  const references = eachCluster(one, (cluster) => ({
    ...document(documentKinds.clusterReference, cloud, `/cluster-references/${cluster}`),
    body: {
      ...metadata(cluster),
      spec: { clusterProvider: name, cluster, loadBalancerIP: '0.0.0.0', certificate: '' },
    },
    references: [`/cluster-providers/${name}/clusters/${cluster}` as DocumentKey],
  }));
  await emco.store.documents.createMany(references, createdBy);
  await call(emco.api, `${cloud}/instantiate`);
}

async function makeApps(emco: EmcoProcess, root: string, charts: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const [project] = root.split('/composite-apps/');
  await call(emco.api, `${project}/composite-apps`, {
    body: { ...metadata('store'), spec: { compositeAppVersion: 'v1' } },
  });
  await call(emco.api, `${root}/composite-profiles`, { body: metadata('plain') });
  for (const [app, file] of charts) {
    await call(emco.api, `${root}/apps`, { body: { body: metadata(app), file } });
    await call(emco.api, `${root}/composite-profiles/plain/profiles`, { body: await toProfile(app, '1.0') });
  }
}

const toProfile = async (app: string, tag: string): Promise<Upload> => ({
  body: { ...metadata(app), spec: { app } },
  file: await makeBenchProfile(tag),
});

/** Another image for one of the apps, in its profile. */
export async function changeImage(emco: EmcoProcess, { ref }: SeededCase): Promise<void> {
  const [app] = appNames;
  const path = `/projects/${ref.project}/composite-apps/store/v1/composite-profiles/plain/profiles/${app}`;
  await call(emco.api, path, { method: 'PUT', body: await toProfile(app, '2.0') });
}

const groupBody = {
  ...metadata('live'),
  spec: { compositeProfile: 'plain', version: 'store', logicalCloud: 'everywhere', overrideValues: [] },
};

async function makeGroup(emco: EmcoProcess, one: BenchCase, { path, ref }: SeededCase): Promise<void> {
  await call(emco.api, path.slice(0, path.lastIndexOf('/')), { body: groupBody });
  await call(emco.api, `${path}/generic-placement-intents`, { body: metadata('placement') });
  for (const app of appNames) {
    const spec = { app, intent: { allOf: [{ clusterProvider: ref.project, clusterLabel: 'all' }] } };
    await call(emco.api, `${path}/generic-placement-intents/placement/app-intents`, {
      body: { ...metadata(app), spec },
    });
  }
  const isDifferent = one.workload !== 'W1a';
  const intent = { genericPlacementIntent: 'placement', ...(isDifferent ? { gac: 'differences' } : {}) };
  if (isDifferent) await makeDifferences(emco, one, path);
  await call(emco.api, `${path}/intents`, { body: { ...metadata('all'), spec: { intent } } });
  await call(emco.api, `${path}/approve`);
}

/** One customization for each object on each cluster: every file of every cluster differs. */
async function makeDifferences(emco: EmcoProcess, one: BenchCase, path: string): Promise<void> {
  const parent = `${path}/generic-k8s-intents`;
  await call(emco.api, parent, { body: metadata('differences') });
  const resources = appNames.flatMap((app) => chartObjects.map((object) => ({ app, ...object })));
  const key = (app: string, kind: string): string => `${parent}/differences/resources/${app}-${kind.toLowerCase()}`;
  await emco.store.documents.createMany(
    resources.map(({ app, apiVersion, kind }) => ({
      ...document(documentKinds.genericResource, `${parent}/differences`, `/resources/${app}-${kind.toLowerCase()}`),
      body: {
        ...metadata(`${app}-${kind.toLowerCase()}`),
        spec: { app, newObject: 'false', resourceGVK: { apiVersion, kind, name: app } },
      },
    })),
    createdBy,
  );
  for (const { app, kind } of resources) {
    await emco.store.documents.createMany(toCustomizations(one, key(app, kind)), createdBy);
  }
}

function toCustomizations(one: BenchCase, resource: string): readonly NewDocument[] {
  const clusterProvider = toCaseName(one);
  return eachCluster(one, (cluster) => ({
    ...document(documentKinds.customization, resource, `/customizations/${cluster}`),
    body: {
      ...metadata(cluster),
      spec: {
        clusterSpecific: 'true',
        clusterInfo: { scope: 'name', clusterProvider, cluster, clusterLabel: '', mode: 'allow' },
        patchType: 'json',
        patchJson: [{ op: 'add', path: '/metadata/annotations/bench.example~1site', value: `site of ${cluster}` }],
        configMapOptions: {},
        secretOptions: {},
      },
    },
    references: [`/cluster-providers/${clusterProvider}/clusters/${cluster}` as DocumentKey],
  }));
}

const eachCluster = (one: BenchCase, make: (cluster: string) => NewDocument): readonly NewDocument[] =>
  Array.from({ length: one.clusters }, (_, index) => make(toClusterName(index)));

const document = (kind: string, parent: string, path: string): NewDocument => ({
  key: `${parent}${path}` as DocumentKey,
  kind,
  parent: parent as DocumentKey,
  body: {},
  secrets: {},
  files: [],
  references: [],
});
