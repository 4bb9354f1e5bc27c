/** One customization on one object. */
import type { Customization } from '#domain/inputs.ts';
import type { JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { toObjects } from '#domain/to-objects.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { PatchError } from './patch-error.ts';

/** A file of a customization, read as one mapping. */
export interface PatchFile {
  readonly fileName: string;
  readonly patch: JsonObject;
}

export interface PatchSources {
  /** Files that are merge patches, in their order. */
  readonly patchFiles: () => readonly PatchFile[];
  readonly warn: (sentence: string) => void;
}

/** The object patched as the customization says; the same object when it says nothing. @throws PatchError */
export function applyPatch(
  object: KubernetesObject,
  { patchType, patchJson }: Pick<Customization, 'patchType' | 'patchJson'>,
  sources: PatchSources,
): KubernetesObject {
  switch (patchType) {
    case '':
      return object;
    case 'merge':
      return expectObject(applyMergePatch(object, sources));
    case 'json':
      return expectObject(applyJsonPatch(object, patchJson));
  }
}

function expectObject(patched: ReturnType<typeof applyJsonPatch>): KubernetesObject {
  const { objects, problems } = toObjects(patched, 'the patched object');
  const [only] = objects;
  if (only !== undefined && only === patched) return only;
  const [problem] = problems;
  const { expected, found } = problem ?? { expected: 'one Kubernetes object', found: 'a list' };
  throw new PatchError(`${expected} after the patch, found ${found}`);
}
