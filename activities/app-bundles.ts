import type { ClusterKey } from '#domain/group.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';

/** Which clusters get which bundle of one app. */
export interface AppBundles {
  readonly variants: readonly { readonly bundle: BlobAddress; readonly clusters: readonly ClusterKey[] }[];
  readonly warnings: readonly string[];
}
