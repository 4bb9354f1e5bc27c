/** What the documents say about clusters: labels, sync objects, whether somebody reports. */
import { documentKinds } from '#domain/document-kinds.ts';
import { toFullBody } from '#domain/document-secrets.ts';
import { Failure } from '#domain/failure.ts';
import { type ClusterKey, type DocumentKey, toClusterRef } from '#domain/group.ts';
import type { ClusterInput, GitopsSettings } from '#domain/inputs.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { Documents, StoredDocument } from '#domain/ports/documents.ts';
import type { GitCredentials, GitopsProvider } from '#domain/ports/plugins.ts';

export const toClusterDocument = (key: ClusterKey): DocumentKey => {
  const { provider, cluster } = toClusterRef(key);
  return `/cluster-providers/${provider}/clusters/${cluster}` as DocumentKey;
};

const toProviderDocument = (provider: string): DocumentKey => `/cluster-providers/${provider}` as DocumentKey;

const toSyncDocument = (provider: string, name: string): DocumentKey =>
  `/cluster-providers/${provider}/cluster-sync-objects/${name}` as DocumentKey;

/** Keys that never leave the store except to the plugin that uses them. */
const secretKeys = new Set(['gitToken', 'clientSecret', 'password', 'token']);

/** Clusters by key; those without a document are left out. Labels matter for placing only. */
export async function readClusters(
  documents: Documents,
  providers: readonly GitopsProvider[],
  { keys, labels: wanted }: { readonly keys: readonly ClusterKey[]; readonly labels: 'read' | 'skip' },
): Promise<ReadonlyMap<ClusterKey, ClusterInput>> {
  const found = await documents.findMany(keys.map(toClusterDocument));
  const parents = wanted === 'skip' ? [] : [...found.keys()];
  const labels = await documents.listOfParents(documentKinds.clusterLabel, parents);
  const labelsOf = Map.groupBy(labels, (label) => label.parent);
  const syncObjects = await findSyncObjects(documents, keys, found);
  const clusters = keys.flatMap((key): [ClusterKey, ClusterInput][] => {
    const document = found.get(toClusterDocument(key));
    if (document === undefined) return [];
    const own = (labelsOf.get(document.key) ?? []).map((label) => toText(label.body['clusterLabel']));
    const gitops = toGitops(key, document, { syncObjects, providers });
    return [[key, { key, labels: own.toSorted(), gitops, reachable: document.files.length > 0 }]];
  });
  return new Map(clusters);
}

async function findSyncObjects(
  documents: Documents,
  keys: readonly ClusterKey[],
  found: ReadonlyMap<DocumentKey, StoredDocument>,
): Promise<ReadonlyMap<DocumentKey, StoredDocument>> {
  const wanted = keys.flatMap((key) => {
    const document = found.get(toClusterDocument(key));
    if (document === undefined) return [];
    const { reference, resource } = toGitopsNames(document);
    const { provider } = toClusterRef(key);
    return [reference, resource].filter((name) => name !== '').map((name) => toSyncDocument(provider, name));
  });
  return documents.findMany([...new Set(wanted)]);
}

function toGitopsNames(document: StoredDocument): { type: string; reference: string; resource: string } {
  const spec = document.body['spec'];
  const gitops = isJsonObject(spec) && isJsonObject(spec['gitOps']) ? spec['gitOps'] : {};
  return {
    type: toText(gitops['gitOpsType']),
    reference: toText(gitops['gitOpsReferenceObject']),
    resource: toText(gitops['gitOpsResourceObject']),
  };
}

interface GitopsParts {
  readonly syncObjects: ReadonlyMap<DocumentKey, StoredDocument>;
  readonly providers: readonly GitopsProvider[];
}

function toGitops(key: ClusterKey, document: StoredDocument, parts: GitopsParts): GitopsSettings | null {
  const names = toGitopsNames(document);
  if (names.type === '') return null;
  const { provider } = toClusterRef(key);
  const plugin = findProvider(parts.providers, names.type);
  const read = (name: string): Record<string, string> => {
    const sync = parts.syncObjects.get(toSyncDocument(provider, name));
    return sync === undefined ? {} : toKeyValues(toFullBody(sync));
  };
  const all = { ...read(names.reference), ...(names.resource === '' ? {} : read(names.resource)) };
  const missing = ['url', 'branch'].filter((name) => (all[name] ?? '') === '');
  if (plugin === null || missing.length > 0) {
    const expected =
      plugin === null ? `gitOpsType one of ${parts.providers.map((p) => p.name).join(', ')}` : missing.join(' and ');
    const found = plugin === null ? names.type : `none in sync object ${names.reference}`;
    throw new Failure('document-invalid', [{ object: `cluster ${key}`, expected, found }]);
  }
  const settings = Object.fromEntries(Object.entries(all).filter(([name]) => !secretKeys.has(name)));
  return {
    type: plugin.name,
    url: all['url'] ?? '',
    branch: all['branch'] ?? '',
    secrets: all['secrets'] ?? 'refuse',
    settings,
    referenceObject: names.reference,
    resourceObject: names.resource,
  };
}

export function findProvider(providers: readonly GitopsProvider[], type: string): GitopsProvider | null {
  return providers.find((p) => p.name === type || p.aliases.includes(type)) ?? null;
}

/** Both shapes: one key in each element, or one element with all keys. The last one wins. */
export function toKeyValues(body: JsonObject): Record<string, string> {
  const spec = body['spec'];
  const list = isJsonObject(spec) && Array.isArray(spec['kv']) ? (spec['kv'] as readonly Json[]) : [];
  const pairs = list.filter(isJsonObject).flatMap((element) => Object.entries(element));
  return Object.fromEntries(pairs.map(([name, value]) => [name, toText(value)]));
}

/** Credentials of a repository, from the sync object's document. */
export async function readCredentials(documents: Documents, syncObject: DocumentKey): Promise<GitCredentials> {
  const document = await documents.find(syncObject);
  if (document === null) {
    throw new Failure('document-not-found', [
      { object: `sync object ${syncObject}`, expected: 'a document', found: 'none' },
    ]);
  }
  const values = toKeyValues(toFullBody(document));
  return { userName: values['userName'] ?? '', token: values['gitToken'] ?? '' };
}

export const toSyncObjectKey = (cluster: ClusterKey, name: string): DocumentKey =>
  toSyncDocument(toClusterRef(cluster).provider, name);

/** Every cluster of the providers that carries the label. */
export async function findLabelled(
  documents: Documents,
  provider: string,
  label: string,
): Promise<readonly ClusterKey[]> {
  const clusters = await documents.list(documentKinds.cluster, toProviderDocument(provider));
  const labels = await documents.listOfParents(
    documentKinds.clusterLabel,
    clusters.map((c) => c.key),
  );
  const carrying = new Set(labels.filter((l) => toText(l.body['clusterLabel']) === label).map((l) => l.parent));
  return clusters.filter((c) => carrying.has(c.key)).map((c) => `${provider}+${toName(c)}` as ClusterKey);
}

export const toName = (document: StoredDocument): string => toBodyName(document.body);

export function toBodyName(body: JsonObject): string {
  const metadata = body['metadata'];
  return isJsonObject(metadata) ? toText(metadata['name']) : '';
}

export const toText = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

export const toSpec = (document: StoredDocument): JsonObject => {
  const spec = toFullBody(document)['spec'];
  return isJsonObject(spec) ? spec : {};
};
