/** EMCO's status of a group in all its forms. Members in EMCO's order; empty ones are left out. */
import { toClusterRef } from '#domain/group.ts';
import type { ClusterKey } from '#domain/group.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { FoundGroup } from '#api/groups/find-group.ts';
import { toDeployedWords, toReadyWords } from './class-words.ts';
import { loadStatus, type LoadedStatus } from './load-status.ts';
import { toOwnMembers } from './own-members.ts';
import { toDetail } from './resource-lists.ts';
import { loadShownRows, type ShownResource, type ShownRow } from './shown-rows.ts';
import { isReadyForm, type StatusForm, type StatusQuery } from './status-query.ts';
import { toReport } from './status-reports.ts';
import { type StatusWord, toCounts } from './status-words.ts';

/** How each form names its members. */
const members = {
  deployed: { status: 'deployedStatus', counts: 'deployedCounts', cluster: 'connectivity', resource: 'deployedStatus' },
  ready: { status: 'deployedStatus', counts: 'readyCounts', cluster: 'connectivity', resource: 'readyStatus' },
  rsync: { status: 'status', counts: 'rsyncStatus', cluster: 'readyStatus', resource: 'rsyncStatus' },
  cluster: { status: 'status', counts: 'clusterStatus', cluster: 'readyStatus', resource: 'clusterStatus' },
} as const satisfies Record<StatusForm, Record<string, string>>;

/** A function of the stored state alone, for whoever answers: HTTP, a stream, a report. */
export async function toGroupStatus(deps: ApiDeps, found: FoundGroup, query: StatusQuery): Promise<object> {
  const loaded = await loadStatus(deps, found, query);
  if (query.report !== null) {
    return { ...loaded.head, ...toReport(query.report, await loadShownRows(deps, loaded, query)) };
  }
  const { record, deployedStatus } = loaded;
  const head = { ...loaded.head, states: { statusctxid: record.statusContext, actions: record.actions } };
  const own = toOwnMembers(loaded);
  if (deployedStatus === null) return { ...head, ...own };
  const names = members[query.form];
  const { counts, apps } = await toContent(deps, loaded, query);
  const isReady = Object.keys(counts).every((word) => word === 'Ready');
  return {
    ...head,
    [names.status]: deployedStatus,
    ...(isReadyForm(query.form) ? { readyStatus: isReady ? 'Ready' : 'NotReady' } : {}),
    ...optional(names.counts, counts),
    ...optional('apps', apps),
    ...own,
  };
}

const optional = (name: string, value: object): object => (Object.keys(value).length === 0 ? {} : { [name]: value });

interface Content {
  readonly counts: Readonly<Record<string, number>>;
  readonly apps: readonly object[];
}

/** A summary is counted in the store, unless resources are asked for by name or of an earlier instance. */
async function toContent(deps: ApiDeps, loaded: LoadedStatus, query: StatusQuery): Promise<Content> {
  const isSummary = query.output === 'summary';
  if (isSummary && loaded.classes !== null && query.resources.length === 0) {
    const isReady = isReadyForm(query.form);
    const classes = await loaded.classes(query, isReady);
    return { counts: toCounts(isReady ? toReadyWords(classes) : toDeployedWords(classes)), apps: [] };
  }
  const shown = await loadShownRows(deps, loaded, query);
  return { counts: toCounts(toWords(shown)), apps: isSummary ? [] : toApps(deps, shown, query) };
}

const toWords = (rows: readonly ShownRow[]): readonly (readonly [StatusWord, number])[] =>
  rows.flatMap(({ resources }) => resources.flatMap(({ word }) => (word === null ? [] : [[word, 1] as const])));

function toApps(deps: ApiDeps, rows: readonly ShownRow[], query: StatusQuery): readonly object[] {
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
  const { group, version, kind } = file.identity;
  const detail = query.output === 'detail' ? { detail: toDetail(deps, file) } : {};
  const status = word === null ? {} : { [members[query.form].resource]: word };
  return { GVK: { Group: group, Version: version, Kind: kind }, name, ...detail, ...status };
}
