/** EMCO's status of a logical cloud; before the first instantiate it is the states alone. */
import { memberAt } from '#domain/document-secrets.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { ApiDeps } from '#api/deps.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { toGroupStatus } from '#api/status/group-status.ts';
import { parseStatusQuery, type StatusQuery } from '#api/status/status-query.ts';
import { type FoundCloud, loadCloudLife, toCloudActions } from './logical-cloud-life.ts';

interface StatusRequest {
  readonly names: PathNames;
  readonly references: readonly StoredDocument[];
  readonly query: Readonly<Record<string, unknown>>;
}

export async function toCloudStatus(deps: ApiDeps, cloud: FoundCloud, asked: StatusRequest): Promise<object> {
  const query = parseStatusQuery(asked.query);
  const head = { project: asked.names['project'], name: asked.names['logicalCloud'] };
  if (cloud.level === '0') return { ...head, ...(await toLevelZero(deps, cloud, { ...asked, wanted: query })) };
  const { state, document } = cloud;
  const created = { state: 'Created', instance: '', time: document.createdAt, revision: 0 };
  if (state === 'Created') return { ...head, states: { statusctxid: '', actions: [created] } };
  const status = Object.entries({
    ...(await toGroupStatus(deps, cloud, query)),
    ...(query.report === null ? toUnfinished(state) : {}),
  });
  const own = Object.fromEntries(status.filter(([name]) => !ofGroups.has(name)));
  const record = await deps.store.groups.find(cloud.group);
  if (query.report !== null || record === null) return { ...head, ...own };
  const states = { statusctxid: record.statusContext, actions: toCloudActions(record.actions) };
  return { ...head, states, ...own };
}

/** Scripts take Instantiated for the moment from which references may be added: not while the operation is under way. */
const toUnfinished = (state: FoundCloud['state']): { readonly deployedStatus?: 'Instantiating' } =>
  state === 'Instantiating' ? { deployedStatus: 'Instantiating' } : {};

/** Members that a cloud has not, or has by its own words. */
const ofGroups = new Set(['project', 'compositeApp', 'compositeAppVersion', 'compositeProfile', 'name', 'states']);

/** Nothing of a level 0 cloud runs anywhere. */
async function toLevelZero(
  deps: ApiDeps,
  { document, state }: FoundCloud,
  { references, wanted }: StatusRequest & { readonly wanted: StatusQuery },
): Promise<object> {
  const life = await loadCloudLife(deps, document);
  const states = { states: { statusctxid: life.statusContext, actions: life.actions } };
  if (state === 'Created') return states;
  switch (wanted.report) {
    case 'apps':
      return { ...states, apps: ['logical-cloud'] };
    case 'clusters':
      return { ...states, clustersByApp: [{ app: 'logical-cloud', clusters: references.map(toCluster) }] };
    case 'resources':
      return { ...states, resourcesByApp: [] };
    case null: {
      const deployedStatus = state === 'Terminated' ? 'Terminated' : 'Instantiated';
      const ready = wanted.form === 'deployed' ? {} : { readyStatus: 'Ready' };
      return { ...states, deployedStatus, ...ready };
    }
  }
}

const toCluster = ({ body }: StoredDocument) => ({
  clusterProvider: memberAt(body, ['spec', 'clusterProvider']),
  cluster: memberAt(body, ['spec', 'cluster']),
});
