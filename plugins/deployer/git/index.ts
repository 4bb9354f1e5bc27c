export type { GitDeployerDeps } from './deps.ts';
export { makeGitDeployer } from './git-deployer.ts';
export type { ClosableGitDeployer } from './git-deployer.ts';
export { toBlobId, toTreeId } from './tree-id.ts';
