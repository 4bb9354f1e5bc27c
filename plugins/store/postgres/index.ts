export { loadKeyFile, loadOrCreateKeyFile } from './key-file.ts';
export { openStore } from './open-store.ts';
export type { PostgresStore } from './open-store.ts';
export { makeInstance } from './request-operation.ts';
