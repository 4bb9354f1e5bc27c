export { makeHelmRenderer } from './make-helm-renderer.ts';
export { readHelmVersion } from './read-helm-version.ts';
export type { RenderLimits } from './render-limits.ts';
