export { defaultLimits } from './archive-limits.ts';
export { makeTarArchives } from './tar-archives.ts';
