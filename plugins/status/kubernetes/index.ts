export { makeClusterWatcher } from './cluster-watcher.ts';
export type { AgentObject, AgentObjectQuery, WatcherDeps } from './deps.ts';
