/** The resources of bundles: by identity alone without opening one, with version and text where a status shows them. */
import type { JsonObject } from '#domain/json.ts';
import { isJsonObject } from '#domain/json.ts';
import { type Bundle, type ManifestFile, toIdentityKey } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ApiDeps } from '#api/deps.ts';

export interface StatusResource {
  /** `group/kind/namespace/name`. */
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  /** Absent where no bundle was opened. */
  readonly file?: ManifestFile;
}

export type ResourceLists = ReadonlyMap<BlobAddress, readonly StatusResource[]>;

/** From the bundles' records: no blob is opened. */
export async function findResources(deps: ApiDeps, bundles: readonly BlobAddress[]): Promise<ResourceLists> {
  const records = await deps.store.plans.findBundles(bundles);
  return new Map([...records].map(([address, { identities }]) => [address, identities.map(toResource)]));
}

function toResource(key: string): StatusResource {
  const [, kind = '', , name = ''] = key.split('/');
  return { key, kind, name };
}

/** Opens the bundles; CRDs first, then in the order of the files. */
export async function loadResources(deps: ApiDeps, bundles: readonly BlobAddress[]): Promise<ResourceLists> {
  const lists = new Map<BlobAddress, readonly StatusResource[]>();
  for (let at = 0; at < bundles.length; at += 100) {
    const blobs = await deps.store.blobs.getMany(bundles.slice(at, at + 100));
    for (const [address, bytes] of blobs) lists.set(address, toResources(bytes));
  }
  return lists;
}

function toResources(bytes: Uint8Array): readonly StatusResource[] {
  // A bundle's blob is the JSON of the bundle, written by the step that froze it.
  const bundle = JSON.parse(new TextDecoder().decode(bytes)) as Bundle;
  return [...bundle.crds, ...bundle.main].map((file) => ({
    key: toIdentityKey(file.identity),
    name: file.identity.name,
    kind: file.identity.kind,
    file,
  }));
}

/** The object as it was planned; the values of Secrets stay out. */
export function toDetail(deps: ApiDeps, file: ManifestFile): JsonObject | null {
  const read = deps.parseYaml(file.text, { object: file.path });
  const object = read.ok ? read.value[0] : undefined;
  if (!isJsonObject(object)) return null;
  if (file.identity.kind !== 'Secret' || file.identity.group !== '') return object;
  return { ...object, ...redactMember(object, 'data'), ...redactMember(object, 'stringData') };
}

function redactMember(object: JsonObject, name: string): JsonObject {
  const member = object[name];
  if (!isJsonObject(member)) return {};
  return { [name]: Object.fromEntries(Object.keys(member).map((key) => [key, '(redacted)'])) };
}
