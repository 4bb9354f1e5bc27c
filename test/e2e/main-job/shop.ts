/** The shop of docs/examples, on three Flux clusters and a direct one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packFolder } from '#lab/demo/pack-folder.ts';
import { makeTarGz } from '#test/support/make-archive.ts';
import { named, onClusters, send } from './documents.ts';
import { Group } from './group.ts';
import type { ClusterName, World } from './world.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples', 'shop');
const root = '/projects/job/composite-apps';
const version = `${root}/shop/v1`;
const groupPath = `${version}/deployment-intent-groups/live`;
const placement = `${groupPath}/generic-placement-intents/placement`;

export const apps = ['db', 'api', 'web'] as const;
export type App = (typeof apps)[number];

/** Where the first revision runs. */
export const placed: Readonly<Record<App, readonly ClusterName[]>> = {
  db: ['core+c3', 'far+d1'],
  api: ['edge+c1', 'edge+c2', 'far+d1'],
  web: ['edge+c1', 'edge+c2', 'far+d1'],
};

/** Image of the API before and after the first update. */
export const images = { first: 'shop/api:2.0.7', next: 'shop/api:2.1.0' } as const;

const firstValues: Readonly<Record<App, string>> = {
  db: 'replicaCount: 2\nsettings: {max_connections: "200"}\n',
  api: 'image: {tag: "2.0.7"}\n',
  web: 'ingress: {enabled: true, hosts: [shop.example]}\n',
};

const toProfile = (values: string): Promise<Buffer> =>
  makeTarGz([
    { name: 'manifest.yaml', text: 'version: v1\ntype:\n  values: override_values.yaml\n' },
    { name: 'override_values.yaml', text: values },
  ]);

/** Writes all documents of the composite application and of its group `live`, and approves. */
export async function writeShop({ api }: World): Promise<Group> {
  const post = (path: string, json: object) => send(api, 'post', { path, json });
  await post(root, named('shop', { compositeAppVersion: 'v1' }));
  for (const app of apps) {
    const chart = await packFolder(join(example, 'charts', app), app);
    await send(api, 'post', { path: `${version}/apps`, metadata: named(app), files: [['file', `${app}.tgz`, chart]] });
  }
  await post(`${version}/apps/api/dependency`, named('after-db', { app: 'db', opStatus: 'Ready' }));
  await post(`${version}/apps/web/dependency`, named('after-api', { app: 'api', opStatus: 'Deployed', wait: 1 }));
  await post(`${version}/composite-profiles`, named('production'));
  for (const app of apps) {
    const files = [['file', 'profile.tgz', await toProfile(firstValues[app])]] as const;
    await send(api, 'post', {
      path: `${version}/composite-profiles/production/profiles`,
      metadata: named(app, { app }),
      files,
    });
  }
  const overrideValues = [{ app: 'web', values: { replicaCount: '3' } }];
  const spec = { compositeProfile: 'production', version: 'shop', logicalCloud: 'everywhere', overrideValues };
  await post(`${version}/deployment-intent-groups`, named('live', spec));
  await post(`${groupPath}/generic-placement-intents`, named('placement'));
  for (const app of apps) await post(`${placement}/app-intents`, onClusters(app, placed[app]));
  await writeDifferences(post, api);
  await post(
    `${groupPath}/intents`,
    named('all', { intent: { genericPlacementIntent: 'placement', gac: 'differences' } }),
  );
  const group = new Group(api, { compositeApp: 'shop', name: 'live' });
  await group.request('approve');
  return group;
}

type Post = (path: string, json: object) => Promise<unknown>;

/** A ConfigMap that no chart has, other on each cluster, and more replicas of the API on edge c2. */
async function writeDifferences(post: Post, api: World['api']): Promise<void> {
  const path = `${groupPath}/generic-k8s-intents`;
  await post(path, named('differences'));
  const resources = `${path}/differences/resources`;
  const template = await readFile(join(example, 'customise', 'storefront.yaml'));
  const storefront = {
    app: 'web',
    newObject: 'true',
    resourceGVK: { apiVersion: 'v1', kind: 'ConfigMap', name: 'storefront' },
  };
  await send(api, 'post', {
    path: resources,
    metadata: named('storefront', storefront),
    files: [['file', 'storefront.yaml', template]],
  });
  const size = {
    app: 'api',
    newObject: 'false',
    resourceGVK: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-api' },
  };
  await send(api, 'post', { path: resources, metadata: named('api-size', size), files: [['file', 'empty.yaml', '']] });
  const customise = (resource: string, name: string, spec: object) =>
    send(api, 'post', {
      path: `${resources}/${resource}/customizations`,
      metadata: named(name, { clusterSpecific: 'true', patchType: 'json', ...spec }),
      files: [['files', 'note.json', '{}']],
    });
  const replace = (at: string, value: unknown) => ({ patchJson: [{ op: 'replace', path: at, value }] });
  const labelled = (provider: string, clusterLabel: string) => ({
    clusterInfo: { scope: 'label', clusterProvider: provider, clusterLabel, mode: 'allow' },
  });
  await customise('storefront', 'north', { ...labelled('edge', 'north'), ...replace('/data/region', 'north') });
  await customise('storefront', 'south', { ...labelled('edge', 'south'), ...replace('/data/region', 'south') });
  await customise('storefront', 'far', { ...labelled('far', 'far'), ...replace('/data/region', 'far') });
  await customise('api-size', 'busy-south', { ...labelled('edge', 'south'), ...replace('/spec/replicas', 4) });
}

/** Replaces the profile of an app. */
export async function writeValues({ api }: World, app: App, values: string): Promise<void> {
  const path = `${version}/composite-profiles/production/profiles/${app}`;
  await send(api, 'put', {
    path,
    metadata: named(app, { app }),
    files: [['file', 'profile.tgz', await toProfile(values)]],
  });
}

export const nextApi = 'image: {tag: "2.1.0"}\n';
export const withoutBudget = `${firstValues.db}podDisruptionBudget: {enabled: false}\n`;

/** Moves an app to other clusters. */
export async function writePlacement({ api }: World, app: App, clusters: readonly ClusterName[]): Promise<void> {
  await send(api, 'put', { path: `${placement}/app-intents/${app}`, json: onClusters(app, clusters) });
}
