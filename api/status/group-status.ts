/** EMCO's status of a group in all its forms. Members in EMCO's order; empty ones are left out. */
import type { ClusterKey } from '#domain/group.ts';
import { toClusterRef } from '#domain/group.ts';
import { toIdentityKey } from '#domain/manifest.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ResourceStatus } from '#domain/status.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { FoundGroup } from '#api/groups/find-group.ts';
import { loadStatus, type LoadedStatus } from './load-status.ts';
import { toOwnMembers } from './own-members.ts';
import { findResources, loadResources, type StatusResource, toDetail } from './resource-lists.ts';
import { toReport } from './status-reports.ts';
import type { StatusForm, StatusQuery } from './status-query.ts';
import { type StatusRow, toDeployedWord, toReadyWord } from './status-row.ts';

/** How each form names its members. */
const members = {
  deployed: { status: 'deployedStatus', counts: 'deployedCounts', cluster: 'connectivity', resource: 'deployedStatus' },
  ready: { status: 'deployedStatus', counts: 'readyCounts', cluster: 'connectivity', resource: 'readyStatus' },
  rsync: { status: 'status', counts: 'rsyncStatus', cluster: 'readyStatus', resource: 'rsyncStatus' },
  cluster: { status: 'status', counts: 'clusterStatus', cluster: 'readyStatus', resource: 'clusterStatus' },
} as const satisfies Record<StatusForm, Record<string, string>>;

const wordOrder = ['Applied', 'Pending', 'Failed', 'Deleted', 'Ready', 'NotReady', 'NotPresent'] as const;

type StatusWord = (typeof wordOrder)[number];

/** One target with the resources that the query asks for. */
export interface ShownRow extends StatusRow {
  readonly resources: readonly ShownResource[];
}

interface ShownResource extends StatusResource {
  readonly word: StatusWord | null;
}

export async function toGroupStatus(deps: ApiDeps, found: FoundGroup, query: StatusQuery): Promise<object> {
  const loaded = await loadStatus(deps, found, query);
  const shown = await toShownRows(deps, loaded, query);
  if (query.report !== null) return { ...loaded.head, ...toReport(query.report, shown) };
  const { record, deployedStatus } = loaded;
  const head = { ...loaded.head, states: { statusctxid: record.statusContext, actions: record.actions } };
  const own = toOwnMembers(loaded);
  if (deployedStatus === null) return { ...head, ...own };
  const names = members[query.form];
  const words = shown.flatMap((row) => row.resources.map(({ word }) => word)).filter((word) => word !== null);
  return {
    ...head,
    [names.status]: deployedStatus,
    ...(isReadyForm(query.form) ? { readyStatus: words.every((word) => word === 'Ready') ? 'Ready' : 'NotReady' } : {}),
    ...optional(names.counts, toCounts(words)),
    ...(query.output === 'summary' ? {} : optional('apps', toApps(deps, shown, query))),
    ...own,
  };
}

const isReadyForm = (form: StatusForm): boolean => form === 'ready' || form === 'cluster';

const optional = (name: string, value: object): object => (Object.keys(value).length === 0 ? {} : { [name]: value });

async function toShownRows(deps: ApiDeps, loaded: LoadedStatus, query: StatusQuery): Promise<readonly ShownRow[]> {
  const rows = loaded.rows.filter(
    ({ app, cluster }) =>
      (query.apps.length === 0 || query.apps.includes(app)) &&
      (query.clusters.length === 0 || query.clusters.includes(cluster)),
  );
  const bundles = [...new Set(rows.map(({ bundle }) => bundle))].filter(
    (bundle): bundle is BlobAddress => bundle !== null,
  );
  const needsFiles = query.report === 'resources' || (query.report === null && query.output !== 'summary');
  const lists = needsFiles ? await loadResources(deps, bundles) : await findResources(deps, bundles);
  const health = isReadyForm(query.form) ? await loadHealth(deps, loaded) : new Map<string, ResourceStatus>();
  return rows.map((row) => {
    const resources = row.bundle === null ? [] : (lists.get(row.bundle) ?? []);
    return {
      ...row,
      resources: resources
        .filter(({ name }) => query.resources.length === 0 || query.resources.includes(name))
        .map((resource) => ({ ...resource, word: toWord(row, resource, { form: query.form, health }) })),
    };
  });
}

interface WordSource {
  readonly form: StatusForm;
  readonly health: ReadonlyMap<string, ResourceStatus>;
}

function toWord(row: StatusRow, resource: StatusResource, { form, health }: WordSource): StatusWord | null {
  if (!isReadyForm(form)) return toDeployedWord(row.phase);
  return toReadyWord(row, resource.kind, health.get(`${row.cluster} ${row.app} ${resource.key}`));
}

/** What agents have seen, by cluster, app and resource. */
async function loadHealth(deps: ApiDeps, { record }: LoadedStatus): Promise<ReadonlyMap<string, ResourceStatus>> {
  const health = new Map<string, ResourceStatus>();
  if (record.gid === '') return health;
  for (const { cluster, app, present, resources } of await deps.store.plans.observations(record.gid)) {
    if (!present) continue;
    // The agent object of an app's CRDs reports under a name of its own.
    const owner = app.replace(/\/crds$/, '');
    for (const resource of resources) health.set(`${cluster} ${owner} ${toIdentityKey(resource)}`, resource.status);
  }
  return health;
}

function toCounts(words: readonly StatusWord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of wordOrder) {
    const count = words.filter((each) => each === word).length;
    if (count > 0) counts[word] = count;
  }
  return counts;
}

function toApps(deps: ApiDeps, rows: readonly ShownRow[], query: StatusQuery) {
  return [...Map.groupBy(rows, ({ app }) => app)].map(([name, ofApp]) => ({
    name,
    clusters: ofApp.map((row) => ({
      ...toClusterMembers(row.cluster),
      [members[query.form].cluster]: row.connectivity,
      ...optional(
        'resources',
        row.resources.map((resource) => toResource(deps, resource, query)),
      ),
    })),
  }));
}

function toClusterMembers(key: ClusterKey) {
  const { provider, cluster } = toClusterRef(key);
  return { clusterProvider: provider, cluster };
}

function toResource(deps: ApiDeps, { file, name, word }: ShownResource, query: StatusQuery) {
  const { group = '', version = '', kind = '' } = file?.identity ?? {};
  const detail = query.output === 'detail' && file !== undefined ? { detail: toDetail(deps, file) } : {};
  const status = word === null ? {} : { [members[query.form].resource]: word };
  return { GVK: { Group: group, Version: version, Kind: kind }, name, ...detail, ...status };
}
