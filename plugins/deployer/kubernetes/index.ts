export { makeClusterDeployer } from './cluster-deployer.ts';
