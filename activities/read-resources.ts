/** The generic Kubernetes intents that a group's intents name, with resources and customizations in creation order. */
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey, GroupKey } from '#domain/group.ts';
import { groupFactPrefix } from '#domain/group-facts.ts';
import type { ClusterFilter, Customization, DataFile, GenericResource, GroupInputs } from '#domain/inputs.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { DocumentBody, StoredDocument } from '#domain/ports/documents.ts';
import type { ActivityDeps } from './deps.ts';
import { asksLookUps } from '#domain/look-up.ts';
import { saveJson } from './json-blobs.ts';
import { toBodyName, toName, toSpec, toText } from './read-clusters.ts';

interface ResourceQuery {
  readonly group: GroupKey;
  /** Of the generic Kubernetes intents that the group's intents hand to the built-in controller. */
  readonly names: readonly string[];
}

/** Address of each app's resources: an app of which no document changed keeps its address, and nothing of it is read. */
type ResourceIndex = Pick<GroupInputs, 'resources' | 'lookUpApps'>;

interface ReadApp {
  readonly app: string;
  readonly address: BlobAddress;
  readonly hasLookUps: boolean;
}

export async function readResources(deps: ActivityDeps, query: ResourceQuery): Promise<ResourceIndex> {
  const { documents } = deps.store;
  const parents = query.names.map((name) => `${query.group}/generic-k8s-intents/${name}` as DocumentKey);
  const resources = await documents.listOfParents(documentKinds.genericResource, parents);
  const keys = resources.map((resource) => resource.key);
  const versions = await documents.versionsOfChildren(keys);
  const byApp = Map.groupBy(resources, (resource) => toText(toSpec(resource)['app']));
  const read = [...byApp].map(async ([app, own]): Promise<ReadApp> => {
    const digest = deps.sha256(
      own.map(({ key, digest: self }) => `${key} ${self} ${versions.get(key) ?? ''}`).join('\n'),
    );
    const fact = `${groupFactPrefix(query.group)} resources ${app}`;
    return { app, ...(await readOnce(deps, { fact, digest, own })) };
  });
  const apps = await Promise.all(read);
  return {
    resources: Object.fromEntries(apps.map(({ app, address }) => [app, address])),
    lookUpApps: apps.flatMap(({ app, hasLookUps }) => (hasLookUps ? [app] : [])).toSorted(),
  };
}

interface AppResources {
  /** Name of the fact that holds the digest and the address of the last reading. */
  readonly fact: string;
  readonly digest: string;
  readonly own: readonly StoredDocument[];
}

const lookUpMark = 'look-ups';

async function readOnce({ store }: ActivityDeps, { fact, digest, own }: AppResources): Promise<Omit<ReadApp, 'app'>> {
  const [known, address, mark] = (await store.facts.get(fact))?.split(' ') ?? [];
  // Only this function writes the fact; what a fact names is never swept.
  if (known === digest && mark !== undefined)
    return { address: address as BlobAddress, hasLookUps: mark === lookUpMark };
  const keys = own.map((resource) => resource.key);
  const customizations = await store.documents.bodiesOfParents(documentKinds.customization, keys);
  const resources = own.map((resource) => toResource(resource, customizations.get(resource.key) ?? []));
  const hasLookUps = resources.some((resource) => resource.customizations.some(asksLookUps));
  const read = await saveJson(store.blobs, resources);
  await store.facts.set(fact, `${digest} ${read} ${hasLookUps ? lookUpMark : 'literal'}`);
  return { address: read, hasLookUps };
}

function toResource(document: StoredDocument, customizations: readonly DocumentBody[]): GenericResource {
  const spec = toSpec(document);
  const gvk = isJsonObject(spec['resourceGVK']) ? spec['resourceGVK'] : {};
  const kind = toText(gvk['kind']);
  return {
    intent: document.key.split('/').at(-3) ?? '',
    name: toName(document),
    app: toText(spec['app']),
    newObject: toText(spec['newObject']) === 'true',
    apiVersion: toText(gvk['apiVersion']),
    kind,
    objectName: toText(gvk['name']),
    template: document.files[0]?.content ?? null,
    customizations: customizations.map((c) => toCustomization(c, kind)),
  };
}

function toCustomization({ body, files }: DocumentBody, kind: string): Customization {
  const spec = isJsonObject(body['spec']) ? body['spec'] : {};
  const patchType = toText(spec['patchType']);
  return {
    name: toBodyName(body),
    clusters: toText(spec['clusterSpecific']) === 'true' ? toFilter(spec['clusterInfo']) : null,
    patchType: patchType === 'json' || patchType === 'merge' ? patchType : '',
    patchJson: toObjects(spec['patchJson']),
    files: files.map((f): DataFile => ({ fileName: f.fileName, content: f.content })),
    dataKeys: toDataKeys(kind.toLowerCase() === 'secret' ? spec['secretOptions'] : spec['configMapOptions']),
  };
}

function toFilter(info: Json | undefined): ClusterFilter {
  const members = isJsonObject(info) ? info : {};
  return {
    scope: toText(members['scope']) === 'name' ? 'name' : 'label',
    provider: toText(members['clusterProvider']),
    cluster: toText(members['cluster']),
    label: toText(members['clusterLabel']),
    mode: toText(members['mode']) === 'deny' ? 'deny' : 'allow',
  };
}

function toDataKeys(options: Json | undefined): Customization['dataKeys'] {
  const list = isJsonObject(options) ? toObjects(options['dataKeyOptions']) : [];
  return Object.fromEntries(
    list.map((o) => [
      toText(o['fileName']),
      { keyName: toText(o['keyName']), mergePatch: toText(o['mergePatch']) === 'true' },
    ]),
  );
}

const toObjects = (list: Json | undefined): readonly JsonObject[] =>
  Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : [];
