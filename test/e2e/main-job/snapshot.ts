/** What Git and the clusters hold of a group at one moment. */
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { ownedFiles } from './commits.ts';
import { listOwned, textAt, toWritten } from './live.ts';
import { allClusters, type ClusterName, type World } from './world.ts';

export interface Snapshot {
  /** Commit before emco's first. */
  readonly before: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, string>>;
  readonly objects: Readonly<Record<ClusterName, Awaited<ReturnType<typeof listOwned>>>>;
  /** What was written of each object, by cluster and title. */
  readonly live: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
}

export async function takeSnapshot({ git, cluster }: World, gid: string): Promise<Snapshot> {
  const lists = await Promise.all(
    allClusters.map(async (name) => [name, await listOwned(cluster(name).api, gid)] as const),
  );
  const operators = (await git.commits()).filter(({ trailers }) => trailers['Emco-Group'] === undefined);
  return {
    before: operators.at(-1)?.id ?? '',
    commit: await git.head(),
    files: await ownedFiles(git),
    // made from all cluster names just above
    objects: Object.fromEntries(lists) as Snapshot['objects'],
    live: Object.fromEntries(
      lists.map(([name, list]) => [
        name,
        Object.fromEntries(list.map(({ title, object }) => [title, toWritten(object)])),
      ]),
    ),
  };
}

export interface ShownCluster {
  readonly app: string;
  readonly cluster: string;
  readonly connectivity: Json | undefined;
  readonly resources: readonly JsonObject[];
}

/** The clusters of a status, flat. */
export function toClusters(status: JsonObject): readonly ShownCluster[] {
  return toObjects(status['apps']).flatMap((app) =>
    toObjects(app['clusters']).map((cluster) => ({
      app: textAt(app, 'name'),
      cluster: `${textAt(cluster, 'clusterProvider')}+${textAt(cluster, 'cluster')}`,
      connectivity: cluster['connectivity'],
      resources: toObjects(cluster['resources']),
    })),
  );
}

const toObjects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
