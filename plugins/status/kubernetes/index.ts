export { makeClusterWatcher } from './cluster-watcher.ts';
export type { AgentObjectQuery, WatcherDeps } from './deps.ts';
