/** ConfigMaps and Secrets out of a template or nothing, and files that become their data. */
import { isDataKey } from '#domain/data-key.ts';
import type { Customization, DataFile } from '#domain/inputs.ts';
import { type Json, type JsonObject, isJsonObject } from '#domain/json.ts';
import { type KubernetesObject, toApiGroup } from '#domain/manifest.ts';
import { PatchError } from './patch-error.ts';

export type DataKind = 'ConfigMap' | 'Secret';

/** Kinds are compared without case: EMCO's examples write `configMap`. */
export function toDataKind(kind: string): DataKind | null {
  const lower = kind.toLowerCase();
  if (lower === 'configmap') return 'ConfigMap';
  return lower === 'secret' ? 'Secret' : null;
}

export const isDataObject = (object: KubernetesObject): boolean =>
  toDataKind(object.kind) !== null && toApiGroup(object.apiVersion) === '';

/** What stands for a template when there is none. */
export function makeDataObject(kind: DataKind, name: string): KubernetesObject {
  const base = { apiVersion: 'v1', kind, metadata: { name } };
  return kind === 'Secret' ? { ...base, type: 'Opaque', data: {} } : base;
}

/** Everything of the template stays; numbers and booleans in a ConfigMap's data become text. */
export function fromDataTemplate(template: KubernetesObject, kind: DataKind): KubernetesObject {
  if (template.kind !== kind || toApiGroup(template.apiVersion) !== '')
    throw new PatchError(`a template of kind ${kind}, found ${template.kind}`);
  const { data } = template;
  if (kind === 'Secret' || !isJsonObject(data)) return template;
  return { ...template, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, toText(value)])) };
}

const toText = (value: Json): Json => {
  if (value === null) return '';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
};

/** Adds each file under its data key; a file that is flagged as a strategic merge patch is no data. */
export function addFiles(
  object: KubernetesObject,
  customization: Pick<Customization, 'files' | 'dataKeys'>,
  read: (file: DataFile) => Uint8Array,
): KubernetesObject {
  const data: Record<string, Json> = { ...(object['data'] as JsonObject | undefined) };
  const binaryData: Record<string, Json> = { ...(object['binaryData'] as JsonObject | undefined) };
  for (const file of customization.files) {
    const option = customization.dataKeys[file.fileName];
    if (option?.mergePatch === true) continue;
    const key = option?.keyName ?? file.fileName;
    checkKey(key, object, [data, binaryData, object['stringData']]);
    const bytes = read(file);
    const text = object.kind === 'Secret' ? toBase64(bytes) : decode(bytes);
    if (text === null) binaryData[key] = toBase64(bytes);
    else data[key] = text;
  }
  return {
    ...object,
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
  };
}

function checkKey(key: string, object: KubernetesObject, taken: readonly (Json | undefined)[]): void {
  if (!isDataKey(key))
    throw new PatchError(`a valid data key for a ${object.kind}, found ${JSON.stringify(key.slice(0, 80))}`);
  const known = taken.some((members) => isJsonObject(members) && Object.hasOwn(members, key));
  if (known)
    throw new PatchError(`a new data key in ${object.kind} ${object.metadata.name}, found ${key} there already`);
}

/** Null for bytes that are no UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The API server refuses other values than text, so they are refused here, where the customization is known. */
export function checkData(object: KubernetesObject): void {
  for (const member of ['data', 'binaryData', 'stringData']) {
    const values = object[member];
    if (values === undefined || values === null) continue;
    if (!isJsonObject(values))
      throw new PatchError(`a mapping as ${member} of ${object.kind} ${object.metadata.name}, found none`);
    const bad = Object.entries(values).find(([, value]) => typeof value !== 'string' && value !== null);
    if (bad !== undefined)
      throw new PatchError(
        `text as ${member}.${bad[0]} of ${object.kind} ${object.metadata.name}, found a ${typeof bad[1]}`,
      );
  }
}

const members = { ConfigMap: ['data', 'binaryData'], Secret: ['data', 'stringData'] } as const;

/** Lets a patch add to members that the object does not have yet; those that stay empty are taken out again. */
export function withMembers(
  object: KubernetesObject,
  patch: (object: KubernetesObject) => KubernetesObject,
): KubernetesObject {
  const kind = isDataObject(object) ? toDataKind(object.kind) : null;
  const absent = kind === null ? [] : members[kind].filter((member) => (object[member] ?? null) === null);
  if (absent.length === 0) return patch(object);
  const patched = patch({ ...object, ...Object.fromEntries(absent.map((member) => [member, {}])) });
  const isEmpty = (value: Json | undefined): boolean => isJsonObject(value) && Object.keys(value).length === 0;
  const dropped = absent.filter((member) => isEmpty(patched[member]));
  // Only members that an object may lack are left out.
  return Object.fromEntries(
    Object.entries(patched).filter(([name]) => !dropped.some((one) => one === name)),
  ) as KubernetesObject;
}
