import type { ClusterKey } from '#domain/group.ts';
import type { ClusterFilter, ClusterInput, Customization, GenericResource } from '#domain/inputs.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import { makeGac } from '#plugins/action/gac/index.ts';
import { parseYamlDocuments } from '#plugins/yaml/index.ts';

/** Bytes by address; the address is the text itself, which is good enough for a test. */
export class FileShelf {
  readonly files = new Map<BlobAddress, Uint8Array>();

  put(content: string | Uint8Array): BlobAddress {
    const address = `blob-${this.files.size}` as BlobAddress;
    this.files.set(address, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return address;
  }
}

export const cluster = (key: string, ...labels: string[]): ClusterInput => ({
  key: key as ClusterKey,
  labels,
  gitops: null,
  reachable: true,
});

export const byName = (provider: string, name: string, mode: 'allow' | 'deny' = 'allow'): ClusterFilter => ({
  scope: 'name',
  provider,
  cluster: name,
  label: '',
  mode,
});

export const byLabel = (provider: string, label: string, mode: 'allow' | 'deny' = 'allow'): ClusterFilter => ({
  scope: 'label',
  provider,
  cluster: '',
  label,
  mode,
});

export const customization = (name: string, rest: Partial<Customization> = {}): Customization => ({
  name,
  clusters: null,
  patchType: '',
  patchJson: [],
  files: [],
  dataKeys: {},
  ...rest,
});

export const jsonPatch = (name: string, ...patchJson: JsonObject[]): Customization =>
  customization(name, { patchType: 'json', patchJson });

export const resource = (name: string, kind: string, rest: Partial<GenericResource> = {}): GenericResource => ({
  intent: 'operator-gac-intent',
  name,
  app: 'operator',
  newObject: true,
  apiVersion: 'v1',
  kind,
  objectName: name,
  template: null,
  customizations: [customization(`${name}-customization`)],
  ...rest,
});

export interface Case {
  readonly objects?: readonly KubernetesObject[];
  readonly clusters?: readonly ClusterInput[];
  readonly resources: readonly GenericResource[];
  readonly files?: ReadonlyMap<BlobAddress, Uint8Array>;
  readonly lookUps?: ReadonlyMap<string, Json>;
}

export function customise({
  objects = [],
  clusters = [cluster('provider1+cluster1', 'edge')],
  resources,
  files = new Map(),
  lookUps = new Map(),
}: Case) {
  return makeGac({ parseYaml: parseYamlDocuments }).customise({
    app: 'operator',
    objects,
    clusters,
    resources,
    files,
    lookUps,
  });
}

export const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
};
export const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [] },
};

export const clusters = [
  cluster('a+c1', 'east'),
  cluster('a+c2', 'east'),
  cluster('a+c3', 'west'),
  cluster('b+c1', 'east'),
];
export const add = (path: string, value: string | number = 'v') => ({ op: 'add', path, value });
export const existing = (...customizations: ReturnType<typeof customization>[]) =>
  resource('patch-web', 'Deployment', { newObject: false, apiVersion: 'apps/v1', objectName: 'web', customizations });
