export { makeClusterDeployer } from './cluster-deployer.ts';
export type { DeployerDeps } from './session.ts';
