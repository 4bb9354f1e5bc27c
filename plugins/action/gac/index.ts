export { makeGac } from './make-gac.ts';
export type { GacDeps } from './make-gac.ts';
