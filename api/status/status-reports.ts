/** The three reports behind the flags `apps`, `clusters` and `resources`. */
import { toClusterRef } from '#domain/group.ts';
import type { ShownRow } from './shown-rows.ts';
import type { StatusQuery } from './status-query.ts';

export function toReport(report: NonNullable<StatusQuery['report']>, rows: readonly ShownRow[]): object {
  const byApp = Map.groupBy(rows, ({ app }) => app);
  switch (report) {
    case 'apps':
      return { apps: [...byApp.keys()] };
    case 'clusters':
      return { clustersByApp: [...byApp].map(([app, ofApp]) => ({ app, clusters: ofApp.map(toCluster) })) };
    case 'resources':
      return {
        resourcesByApp: rows.map((row) => ({
          app: row.app,
          ...toCluster(row),
          resources: row.resources.map(({ name, file }) => ({
            name,
            GVK: { Group: file.identity.group, Version: file.identity.version, Kind: file.identity.kind },
          })),
        })),
      };
  }
}

function toCluster({ cluster }: ShownRow) {
  const ref = toClusterRef(cluster);
  return { clusterProvider: ref.provider, cluster: ref.cluster };
}
