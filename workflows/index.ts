export { clusterWatch } from './cluster-watch.ts';
export { deploymentIntentGroup } from './deployment-intent-group.ts';
export { gitWriter } from './git-writer.ts';
export { logicalCloud } from './logical-cloud.ts';
