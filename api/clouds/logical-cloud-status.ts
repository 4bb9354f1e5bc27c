import { memberAt } from '#domain/document-secrets.ts';
import { isCloudUp, type LogicalCloudLife, toLogicalCloudState } from '#domain/logical-cloud.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import type { PathNames } from '#api/engine/kind.ts';
import { parseStatusQuery } from '#api/status/status-query.ts';

interface CloudView {
  readonly names: PathNames;
  readonly life: LogicalCloudLife;
  readonly references: readonly StoredDocument[];
  readonly query: Readonly<Record<string, unknown>>;
}

/** EMCO's status of a logical cloud; before the first instantiate it is the states alone. */
export function toCloudStatus({ names, life, references, query }: CloudView) {
  const wanted = parseStatusQuery(query);
  const state = toLogicalCloudState(life);
  const head = {
    project: names['project'],
    name: names['logicalCloud'],
    states: { statusctxid: life.statusContext, actions: life.actions },
  };
  if (state === 'Created') return head;
  if (wanted.report === 'apps') return { ...head, apps: ['logical-cloud'] };
  if (wanted.report === 'clusters') {
    return { ...head, clustersByApp: [{ app: 'logical-cloud', clusters: references.map(toCluster) }] };
  }
  if (wanted.report === 'resources') return { ...head, resourcesByApp: [] };
  const deployedStatus = isCloudUp(state) ? 'Instantiated' : 'Terminated';
  return wanted.form === 'deployed' ? { ...head, deployedStatus } : { ...head, deployedStatus, readyStatus: 'Ready' };
}

const toCluster = ({ body }: StoredDocument) => ({
  clusterProvider: memberAt(body, ['spec', 'clusterProvider']),
  cluster: memberAt(body, ['spec', 'cluster']),
});
