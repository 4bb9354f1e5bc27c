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

export interface ClustersRead {
  /** Those without a document are left out. */
  readonly clusters: ReadonlyMap<ClusterKey, ClusterInput>;
  /** Digest of each document that was looked for, empty where there is none. Labels are not among them. */
  readonly digests: ReadonlyMap<DocumentKey, string>;
}

/** Clusters by key. Labels matter for placing only. */
export async function readClusters(
  documents: Documents,
  providers: readonly GitopsProvider[],
  { keys, labels }: { readonly keys: readonly ClusterKey[]; readonly labels: ClusterLabels | null },
): Promise<ClustersRead> {
  const wanted = keys.map(toClusterDocument);
  const found = await findThrough(labels, documents, wanted);
  const labelsOf = labels === null ? new Map<DocumentKey, readonly string[]>() : await labels.of([...found.keys()]);
  const sync = toSyncDocuments(keys, found);
  const syncObjects = await documents.findMany(sync);
  const clusters = keys.flatMap((key): [ClusterKey, ClusterInput][] => {
    const document = found.get(toClusterDocument(key));
    if (document === undefined) return [];
    const gitops = toGitops(key, document, { syncObjects, providers });
    const own = (labelsOf.get(document.key) ?? []).toSorted();
    return [[key, { key, labels: own, gitops, reachable: document.files.length > 0 }]];
  });
  const all = new Map([...found, ...syncObjects]);
  const digests = new Map([...wanted, ...sync].map((key) => [key, all.get(key)?.digest ?? '']));
  return { clusters: new Map(clusters), digests };
}

/** The same again as long as no document that it was read from has changed. */
export async function readClustersAgain(
  documents: Documents,
  providers: readonly GitopsProvider[],
  { keys, known }: { readonly keys: readonly ClusterKey[]; readonly known: ClustersRead | undefined },
): Promise<ClustersRead> {
  if (known !== undefined && keys.every((key) => known.digests.has(toClusterDocument(key)))) {
    const present = await documents.digestsOf([...known.digests.keys()]);
    if ([...known.digests].every(([key, digest]) => (present.get(key) ?? '') === digest)) return known;
  }
  return readClusters(documents, providers, { keys, labels: null });
}

async function findThrough(
  labels: ClusterLabels | null,
  documents: Documents,
  keys: readonly DocumentKey[],
): Promise<ReadonlyMap<DocumentKey, StoredDocument>> {
  const here = new Map(keys.flatMap((key) => labels?.documents.get(key) ?? []).map((found) => [found.key, found]));
  const rest = await documents.findMany(keys.filter((key) => !here.has(key)));
  return new Map([...here, ...rest]);
}

function toSyncDocuments(
  keys: readonly ClusterKey[],
  found: ReadonlyMap<DocumentKey, StoredDocument>,
): readonly DocumentKey[] {
  const wanted = keys.flatMap((key) => {
    const document = found.get(toClusterDocument(key));
    if (document === undefined) return [];
    const { reference, resource } = toGitopsNames(document);
    const { provider } = toClusterRef(key);
    return [reference, resource].filter((name) => name !== '').map((name) => toSyncDocument(provider, name));
  });
  return [...new Set(wanted)];
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

/** Labels of clusters, each read once however many intents ask; lives as long as one step. */
export class ClusterLabels {
  /** Documents of the clusters of each provider that was asked for. */
  readonly documents = new Map<DocumentKey, StoredDocument>();
  readonly #store: Documents;
  readonly #providers = new Map<string, Promise<readonly StoredDocument[]>>();
  readonly #labels = new Map<DocumentKey, readonly string[]>();

  constructor(store: Documents) {
    this.#store = store;
  }

  /** Every cluster of the provider that carries the label. */
  async carrying(provider: string, label: string): Promise<readonly ClusterKey[]> {
    const reading = this.#providers.get(provider) ?? this.#readProvider(provider);
    this.#providers.set(provider, reading);
    const clusters = await reading;
    const carrying = clusters.filter(({ key }) => this.#labels.get(key)?.includes(label) === true);
    return carrying.map((cluster) => `${provider}+${toName(cluster)}` as ClusterKey);
  }

  async of(clusters: readonly DocumentKey[]): Promise<ReadonlyMap<DocumentKey, readonly string[]>> {
    await this.#readLabels(clusters.filter((key) => !this.#labels.has(key)));
    return this.#labels;
  }

  async #readProvider(provider: string): Promise<readonly StoredDocument[]> {
    const clusters = await this.#store.list(documentKinds.cluster, toProviderDocument(provider));
    for (const cluster of clusters) this.documents.set(cluster.key, cluster);
    await this.#readLabels(clusters.map(({ key }) => key));
    return clusters;
  }

  async #readLabels(clusters: readonly DocumentKey[]): Promise<void> {
    const labels = await this.#store.bodiesOfParents(documentKinds.clusterLabel, clusters);
    for (const key of clusters) {
      this.#labels.set(
        key,
        (labels.get(key) ?? []).map(({ body }) => toText(body['clusterLabel'])),
      );
    }
  }
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
