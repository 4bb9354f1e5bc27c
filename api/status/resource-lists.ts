/** The resources of bundles, in EMCO's order. */
import type { JsonObject } from '#domain/json.ts';
import { isJsonObject } from '#domain/json.ts';
import { type Bundle, type ManifestFile, toIdentityKey } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ApiDeps } from '#api/deps.ts';

export interface StatusResource {
  /** `group/kind/namespace/name`. */
  readonly key: string;
  readonly name: string;
  readonly file: ManifestFile;
}

export async function loadResources(
  deps: ApiDeps,
  bundles: readonly BlobAddress[],
): Promise<ReadonlyMap<BlobAddress, readonly StatusResource[]>> {
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
  return [...bundle.crds, ...bundle.main]
    .map((file) => ({ key: toIdentityKey(file.identity), name: file.identity.name, file }))
    .sort((a, b) => compare(toEmcoKey(a), toEmcoKey(b)) || compare(a.key, b.key));
}

/** EMCO lists by the key under which it keeps them. */
const toEmcoKey = ({ name, file }: StatusResource): string => `${name}+${file.identity.kind}`;

const compare = (left: string, right: string): number => Number(left > right) - Number(left < right);

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
