/** One customization on one object. */
import type { Customization } from '#domain/inputs.ts';
import type { JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { toObjects } from '#domain/to-objects.ts';
import { applyJsonPatch } from './json-patch.ts';
import { PatchError } from './patch-error.ts';

/** The object patched as the customization says; the same object when it says nothing. @throws PatchError */
export function applyPatch(object: KubernetesObject, customization: Customization): KubernetesObject {
  switch (customization.patchType) {
    case '':
      return object;
    case 'merge':
      throw new PatchError('patchType json, found merge: strategic merge comes with a later version');
    case 'json':
      return patch(object, customization.patchJson);
  }
}

function patch(object: KubernetesObject, operations: readonly JsonObject[]): KubernetesObject {
  const lookup = operations.find(({ value }) => typeof value === 'string' && /^\$\(http.*\)\$$/s.test(value));
  if (lookup !== undefined)
    throw new PatchError(
      `literal patch values, found a $(http…)$ look-up at ${JSON.stringify(lookup['path'])}: look-ups come with a later version`,
    );
  const patched = applyJsonPatch(object, operations);
  const { objects, problems } = toObjects(patched, 'the patched object');
  const [only] = objects;
  if (only !== undefined && only === patched) return only;
  const [problem] = problems;
  const { expected, found } = problem ?? { expected: 'one Kubernetes object', found: 'a list' };
  throw new PatchError(`${expected} after the patch, found ${found}`);
}
