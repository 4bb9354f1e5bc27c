export { makeTarArchives } from './tar-archives.ts';
