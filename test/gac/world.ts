/** A whole emco with clusters in Git, a group with a chart, and somebody else's server for look-ups. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { textAt } from '#domain/document-secrets.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';
import type { Answer } from '#test/support/api-client.ts';
import { type Emco, startEmco } from '#test/support/emco.ts';
import { driveGroup, type GroupDriver } from '#test/support/group-driver.ts';
import { type GitReader, openGitReader } from '#test/support/git-reader.ts';
import { makeAppChart, seedCloud, seedFleet, seedGroup } from '#test/support/seed.ts';
import { makeTemporaryFolder } from '#test/support/temporary-folder.ts';

export interface ResourceSeed {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly objectName?: string;
  readonly newObject?: 'true' | 'false';
  readonly template?: string;
}

export interface CustomizationSeed {
  readonly spec?: JsonObject;
  /** Text or bytes by file name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

export interface Foreign {
  readonly port: number;
  /** Paths that were asked, in order. */
  readonly asked: string[];
  /** What it answers next; null: 503. */
  answer: Json;
}

export interface GacWorld {
  readonly emco: Emco;
  readonly git: GitReader;
  readonly group: GroupDriver;
  /** `/v2/…/generic-k8s-intents/gac/resources`. */
  readonly resources: string;
  readonly foreign: Foreign;
  readonly resource: (name: string, seed?: ResourceSeed) => Promise<Answer>;
  readonly customization: (resource: string, name: string, seed?: CustomizationSeed) => Promise<Answer>;
  /** Removes the resource with its customizations. */
  remove(resource: string): Promise<void>;
  /** The objects in the cluster's folder in Git, by `Kind name`. */
  objectsOn(cluster: string): Promise<ReadonlyMap<string, JsonObject>>;
  plan(): Promise<JsonObject>;
  close(): Promise<void>;
}

/** All clusters of the app, as EMCO's documents write it. */
export const everywhere = {
  clusterSpecific: 'false',
  clusterInfo: { scope: 'label', clusterProvider: 'p1', cluster: '', clusterLabel: 'all', mode: 'allow' },
};

export const onlyOn = (clusterProvider: string, cluster: string, mode = 'allow'): JsonObject => ({
  clusterSpecific: 'true',
  clusterInfo: { scope: 'name', clusterProvider, cluster, clusterLabel: '', mode },
});

export const patch = (...patchJson: JsonObject[]): JsonObject => ({ patchType: 'json', patchJson });

const names = { project: 'proj', compositeApp: 'ca', version: 'v1', group: 'g' };

export async function openGacWorld(): Promise<GacWorld> {
  const folder = await makeTemporaryFolder();
  const { server, foreign } = await startForeign();
  const emco = await startEmco(folder.path, { EMCO_LOOKUP_ALLOW: `127.0.0.1:${foreign.port}` });
  const git = await openGitReader({ url: emco.git, token: emco.gitToken });
  const resources = await seedDocuments(emco);
  const group = driveGroup(emco, names);
  expect((await group.verb('approve')).status).toBe(202);
  const { call } = emco;
  return {
    emco,
    git,
    group,
    resources,
    foreign,
    resource: (name, seed = {}) => call.post(resources, toResource(name, seed)),
    customization: (resource, name, seed = {}) =>
      call.post(`${resources}/${resource}/customizations`, toCustomization(name, seed)),
    remove: async (resource) => {
      const customizations = await call.get(`${resources}/${resource}/customizations`);
      const all = customizations.json() as readonly { readonly metadata: { readonly name: string } }[] | null;
      for (const { metadata } of all ?? [])
        await call.remove(`${resources}/${resource}/customizations/${metadata.name}`);
      expect((await call.remove(`${resources}/${resource}`)).status).toBe(204);
    },
    objectsOn: (cluster) => readObjects(git, cluster),
    plan: async () => (await call.get(`${group.path}/plan`)).json() as JsonObject,
    close: async () => {
      await git.close();
      await emco.stop();
      server.closeAllConnections();
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export function toResource(name: string, seed: ResourceSeed) {
  const { kind = 'ConfigMap', apiVersion = 'v1', objectName = name, newObject = 'true', template } = seed;
  return {
    metadata: {
      metadata: { name },
      spec: { app: 'web', newObject, resourceGVK: { apiVersion, kind, name: objectName } },
    },
    files: template === undefined ? [] : [['file', 'template.yaml', template] as const],
  };
}

export function toCustomization(name: string, { spec = {}, files = {} }: CustomizationSeed) {
  return {
    metadata: { metadata: { name }, spec: { ...everywhere, ...spec } },
    files: Object.entries(files).map(([fileName, content]) => ['files', fileName, content] as const),
  };
}

async function startForeign(): Promise<{ readonly server: Server; readonly foreign: Foreign }> {
  const asked: string[] = [];
  const foreign = { port: 0, asked, answer: { value: 'from afar' } as Json };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (foreign.answer === null) response.writeHead(503).end();
    else response.end(JSON.stringify(foreign.answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  foreign.port = (server.address() as AddressInfo).port;
  return { server, foreign };
}

const kvPairs = { a: 'one', b: 'two' } as const;

/** Providers p1 with c1 and c2, p2 with a c1 of its own; kv pairs `gw` on each. */
async function seedDocuments({ call, git, gitUser, gitToken }: Emco): Promise<string> {
  const repository = { url: git, user: gitUser, token: gitToken };
  const fleets = { p1: ['c1', 'c2'], p2: ['c1'] };
  for (const [provider, clusters] of Object.entries(fleets)) {
    await seedFleet(call, { provider, clusters, repository, secrets: 'plain' });
    for (const cluster of clusters) {
      const kv = [{ address: `gw.${provider}.${cluster}` }, kvPairs];
      const path = `/v2/cluster-providers/${provider}/clusters/${cluster}/kv-pairs`;
      expect((await call.post(path, { json: { metadata: { name: 'gw' }, spec: { kv } } })).status).toBe(201);
    }
  }
  const chart = await makeAppChart('web', { configMap: 'web' });
  await seedCloud(call, { project: names.project, cloud: 'lc', provider: 'p1', clusters: fleets.p1 });
  const references = `/v2/projects/${names.project}/logical-clouds/lc/cluster-references`;
  const spec = { clusterProvider: 'p2', cluster: 'c1', loadBalancerIP: '0.0.0.0' };
  expect((await call.post(references, { json: { metadata: { name: 'p2-c1' }, spec } })).status).toBe(201);
  const group = await seedGroup(call, {
    ...names,
    provider: 'p1',
    cloud: 'lc',
    release: 'r1',
    apps: [{ name: 'web', chart }],
  });
  const allOf = ['p1', 'p2'].map((clusterProvider) => ({ clusterProvider, clusterLabel: 'all' }));
  const placement = { metadata: { name: 'web' }, spec: { app: 'web', intent: { allOf } } };
  await call.put(`${group}/generic-placement-intents/placement/app-intents/web`, { json: placement });
  const controller = { host: 'gac', port: 9033, type: 'action', priority: 1 };
  await call.post('/v2/controllers', { json: { metadata: { name: 'gac' }, spec: controller } });
  await call.post(`${group}/generic-k8s-intents`, { json: { metadata: { name: 'gac' } } });
  const intent = { genericPlacementIntent: 'placement', gac: 'gac' };
  const linked = await call.put(`${group}/intents/all`, { json: { metadata: { name: 'all' }, spec: { intent } } });
  expect(linked.status, linked.text).toBe(200);
  return `${group}/generic-k8s-intents/gac/resources`;
}

async function readObjects(git: GitReader, cluster: string): Promise<ReadonlyMap<string, JsonObject>> {
  const paths = [...(await git.files()).keys()].filter((path) => path.startsWith(`deploy/${cluster}/`));
  const objects = new Map<string, JsonObject>();
  for (const path of paths) {
    const read = parseYamlDocuments(await git.text(path), { object: path });
    const [object] = read.ok ? read.value : [];
    if (isJsonObject(object))
      objects.set(`${textAt(object, ['kind'])} ${textAt(object, ['metadata', 'name'])}`, object);
  }
  return objects;
}
