/** What the documents say about a logical cloud: for the groups in it, and for the cloud itself where it has objects. */
import type { CloudInputs } from '#domain/cloud-objects.ts';
import { type CloudState, toCloudRefusal, toLevelOneState } from '#domain/cloud-lifecycle.ts';
import { documentKinds } from '#domain/document-kinds.ts';
import { Failure } from '#domain/failure.ts';
import { type ClusterKey, type GroupKey, toGroupRef } from '#domain/group.ts';
import type { GroupInputs } from '#domain/inputs.ts';
import { isJsonObject, type Json } from '#domain/json.ts';
import { parseLogicalCloudLife, toCloudLevel, toLogicalCloudFact, toLogicalCloudState } from '#domain/logical-cloud.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ActivityDeps } from './deps.ts';
import { toName, toSpec, toText } from './read-clusters.ts';

type Deps = Pick<ActivityDeps, 'store'>;

/** @throws Failure `reference-not-found` when the cloud is missing or in no state to be used */
export async function readCloudOfGroup({ store }: Deps, key: GroupKey): Promise<GroupInputs['logicalCloud']> {
  const document = await findCloud({ store }, key);
  const level = toCloudLevel(document.body);
  const state = await findState({ store }, key, document);
  const { group: name } = toGroupRef(key);
  if (toCloudRefusal('use', state) !== null) throw cloudFailure(name, 'state Instantiated', state);
  const namespace = toText(toSpec(document)['namespace']);
  const common = { name, level, namespace: namespace === '' ? 'default' : namespace };
  const clusters = await readCloudClusters({ store }, key);
  if (level === '0') return { ...common, clusters };
  const { lcid, permissions } = await readCloud({ store }, key);
  const namespaces = [...new Set(permissions.map((permission) => permission.namespace))].toSorted();
  return { ...common, clusters, rights: { tenant: { cloud: key, name, lcid }, namespaces } };
}

async function findState({ store }: Deps, key: GroupKey, document: StoredDocument): Promise<CloudState> {
  if (toCloudLevel(document.body) === '0') {
    return toLogicalCloudState(parseLogicalCloudLife(await store.facts.get(toLogicalCloudFact(key)), document));
  }
  const record = await store.groups.find(key);
  return toLevelOneState(record?.state ?? null, record === null ? [] : await store.groups.listOperations(key, 20));
}

async function findCloud({ store }: Deps, key: GroupKey): Promise<StoredDocument> {
  const document = await store.documents.find(key);
  if (document === null) throw cloudFailure(toGroupRef(key).group, 'a logical cloud', 'none');
  return document;
}

const cloudFailure = (name: string, expected: string, found: string): Failure =>
  new Failure('reference-not-found', [{ object: `logical cloud ${name}`, expected, found }]);

export async function readCloudClusters({ store }: Deps, key: GroupKey): Promise<readonly ClusterKey[]> {
  const references = await store.documents.list(documentKinds.clusterReference, key);
  const keys = references.map((reference) => {
    const spec = toSpec(reference);
    // The two names are what a cluster key is made of.
    return `${toText(spec['clusterProvider'])}+${toText(spec['cluster'])}` as ClusterKey;
  });
  return [...new Set(keys)].toSorted();
}

/** A level 1 cloud with its permissions and quotas. */
export async function readCloud({ store }: Deps, key: GroupKey): Promise<CloudInputs> {
  const [document, record] = await Promise.all([findCloud({ store }, key), store.groups.find(key)]);
  const permissions = await store.documents.list(documentKinds.userPermission, key);
  const quotas = await store.documents.list(documentKinds.clusterQuota, key);
  const spec = toSpec(document);
  const user = isJsonObject(spec['user']) ? spec['user'] : {};
  return {
    name: toGroupRef(key).group,
    lcid: record?.gid ?? '',
    namespace: toText(spec['namespace']),
    labels: toTexts(spec['labels']),
    userName: toText(user['userName']),
    permissions: permissions.map((permission) => {
      const { namespace, apiGroups, resources, verbs } = toSpec(permission);
      const lists = { apiGroups: toList(apiGroups), resources: toList(resources), verbs: toList(verbs) };
      return { name: toName(permission), namespace: toText(namespace), ...lists };
    }),
    quotas: quotas.map((quota) => ({ name: toName(quota), hard: toTexts(toSpec(quota)) })),
  };
}

const toList = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each: Json): each is string => typeof each === 'string') : [];

const toTexts = (value: Json | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(isJsonObject(value) ? value : {}).map(([name, each]) => [name, toText(each)]));
