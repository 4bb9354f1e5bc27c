export { startGitServer } from './start-git-server.ts';
export type { GitServer } from './start-git-server.ts';
