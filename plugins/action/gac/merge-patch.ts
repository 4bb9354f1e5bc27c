/** Merge patches from files: strategic for built-in kinds, RFC 7386 for all others. */
import type { JsonObject } from '#domain/json.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { PatchSources } from './apply-customization.ts';
import { PatchError } from './patch-error.ts';
import { StrategicMergeError, jsonMergePatch, schemaOf, strategicMergePatch } from './strategic-merge/index.ts';

/** One file after the other. @throws PatchError that names the file */
export function applyMergePatch(object: KubernetesObject, { patchFiles, warn }: PatchSources): JsonObject {
  const files = patchFiles();
  if (files.length === 0) throw new PatchError('a file with the merge patch, found none');
  const schema = schemaOf(object.apiVersion, object.kind);
  if (schema === null)
    warn(
      `${object.kind} of ${object.apiVersion} is no built-in kind: merged by RFC 7386, which replaces lists as a whole`,
    );
  return files.reduce<JsonObject>((merged, { fileName, patch }) => {
    try {
      return schema === null ? jsonMergePatch(merged, patch) : strategicMergePatch(merged, patch, schema);
    } catch (error) {
      if (!(error instanceof StrategicMergeError)) throw error;
      throw new PatchError(`merge patch ${fileName} to apply, found ${withoutValues(error.message)}`);
    }
  }, object);
}

/** kubectl's messages print parts of object and patch, which may be secret. */
function withoutValues(message: string): string {
  const [, mergeKey] = /^map: [^]* does not contain declared merge key: (\w+)$/.exec(message) ?? [];
  if (mergeKey !== undefined) return `a list element without its merge key ${mergeKey}`;
  if (message.startsWith('list element types are not identical')) return 'list elements of different types';
  if (message.startsWith('unknown patch type')) return 'an unknown $patch directive';
  if (message.startsWith('The order in patch list')) return 'elements in another order than $setElementOrder has';
  return message;
}
