/** The targets that a query asks for, each with its resources and their words. */
import { toIdentityKey } from '#domain/manifest.ts';
import type { ResourceStatus } from '#domain/status.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { LoadedStatus } from './load-status.ts';
import { loadResources, type StatusResource } from './resource-lists.ts';
import { isReadyForm, type StatusQuery } from './status-query.ts';
import type { StatusRow } from './status-row.ts';
import { type StatusWord, toDeployedWord, toReadyWord } from './status-words.ts';

export interface ShownRow extends StatusRow {
  readonly resources: readonly ShownResource[];
}

export interface ShownResource extends StatusResource {
  readonly word: StatusWord | null;
}

export async function loadShownRows(
  deps: ApiDeps,
  loaded: LoadedStatus,
  query: StatusQuery,
): Promise<readonly ShownRow[]> {
  const rows = (await loaded.rows()).filter(
    ({ app, cluster }) =>
      (query.apps.length === 0 || query.apps.includes(app)) &&
      (query.clusters.length === 0 || query.clusters.includes(cluster)),
  );
  const needsResources = query.report === null || query.report === 'resources';
  if (!needsResources) return rows.map((row) => ({ ...row, resources: [] }));
  const bundles = [...new Set(rows.map(({ bundle }) => bundle))].filter((bundle) => bundle !== null);
  const lists = await loadResources(deps, bundles);
  const wordOf = await toWordOf(deps, loaded, query);
  return rows.map((row) => ({
    ...row,
    resources: (row.bundle === null ? [] : (lists.get(row.bundle) ?? []))
      .filter(({ name }) => query.resources.length === 0 || query.resources.includes(name))
      .map((resource) => ({ ...resource, word: wordOf(row, resource.key) })),
  }));
}

type WordOf = (row: StatusRow, key: string) => StatusWord | null;

async function toWordOf(deps: ApiDeps, loaded: LoadedStatus, { form, report }: StatusQuery): Promise<WordOf> {
  if (report !== null || !isReadyForm(form)) return toDeployedWord;
  const health = await loadHealth(deps, loaded);
  return (row, key) => toReadyWord(row, key, health.get(`${row.cluster} ${row.app} ${key}`));
}

/** What agents have seen, by cluster, app and resource. */
async function loadHealth(deps: ApiDeps, { record }: LoadedStatus): Promise<ReadonlyMap<string, ResourceStatus>> {
  const health = new Map<string, ResourceStatus>();
  if (record.gid === '') return health;
  for (const { cluster, app, present, resources } of await deps.store.plans.observations(record.gid)) {
    // The agent object of an app's CRDs reports under a name of its own; the app reports them too.
    if (!present || app.includes('/')) continue;
    for (const resource of resources) health.set(`${cluster} ${app} ${toIdentityKey(resource)}`, resource.status);
  }
  return health;
}
