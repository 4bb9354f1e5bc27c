export { makeClusterWatcher } from './cluster-watcher.ts';
