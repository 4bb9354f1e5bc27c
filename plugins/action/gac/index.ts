export { makeGac } from './make-gac.ts';
