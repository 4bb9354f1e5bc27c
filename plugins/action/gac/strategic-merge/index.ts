export { jsonMergePatch } from './json-merge-patch.ts';
export type { Json, JsonObject } from './json.ts';
export { builtInKinds, schemaOf } from './schema.ts';
export type { Schema } from './schema.ts';
export { StrategicMergeError } from './strategic-merge-error.ts';
export { strategicMergePatch } from './strategic-merge-patch.ts';
