/** Starts the watch workflows of all clusters that can be watched: at start, in case they were lost. */
import type { Client } from '@temporalio/client';
import { documentKinds } from '#domain/document-kinds.ts';
import type { ClusterKey } from '#domain/group.ts';
import { type Sha256, toShard } from '#domain/names.ts';
import type { Store } from '#domain/ports/store.ts';
import { startWatch } from './messenger.ts';

export interface StartWatchesOptions {
  readonly store: Store;
  readonly client: Client;
  readonly sha256: Sha256;
  readonly shards: number;
}

export async function startWatches({ store, client, sha256, shards }: StartWatchesOptions): Promise<void> {
  const providers = await store.documents.list(documentKinds.clusterProvider, null);
  const clusters = await store.documents.listOfParents(
    documentKinds.cluster,
    providers.map((p) => p.key),
  );
  const watchable = clusters.filter((cluster) => cluster.files.length > 0).map((cluster) => toKey(cluster.key));
  const wanted = new Set(watchable.map((key) => toShard(key, shards, sha256)));
  for (const shard of wanted) await startWatch(client, { shard, shards });
}

/** `/cluster-providers/edge/clusters/c1` is `edge+c1`. */
function toKey(document: string): ClusterKey {
  const [, , provider = '', , cluster = ''] = document.split('/');
  return `${provider}+${cluster}` as ClusterKey;
}
