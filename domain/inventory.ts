/** The inventory of one app on a directly managed cluster: an ApplySet (KEP-3659) whose parent is a ConfigMap. */
import { toObjectName } from './names.ts';
import type { Sha256 } from './names.ts';

export const inventoryNamespace = 'emco-system';

/** Annotations of the parent that are ours. */
export const inventoryAnnotations = {
  /** Address of the bundle that is applied whole; empty while one is being applied or removed. */
  bundle: 'emco/bundle',
  /** Which fields of each member are ours since the bundle was applied, by `toOwnershipText`. */
  fields: 'emco/fields',
  /** Number of the group's operation that wrote last: the fence. */
  operation: 'emco/operation',
} as const;

/** Labels and annotations that the KEP gives. */
export const applySet = {
  /** Label of the parent. */
  id: 'applyset.kubernetes.io/id',
  /** Label of every member. */
  partOf: 'applyset.kubernetes.io/part-of',
  /** Annotations of the parent. */
  tooling: 'applyset.kubernetes.io/tooling',
  groupKinds: 'applyset.kubernetes.io/contains-group-kinds',
  namespaces: 'applyset.kubernetes.io/additional-namespaces',
} as const;

export const toInventoryName = (gid: string, app: string, sha256: Sha256): string =>
  toObjectName(gid, app, { max: 63, sha256 });
