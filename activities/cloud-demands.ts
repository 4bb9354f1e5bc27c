/** What a level 1 cloud asks of targets: of its groups that they wait for it, of itself that its certificates are renewed. */
import { type ClusterKey, isCloudKey } from '#domain/group.ts';
import type { TargetView } from '#domain/judge.ts';
import type { Tenant } from '#domain/inputs.ts';
import type { TargetRow } from '#domain/status.ts';
import type { OperationContext } from '#domain/steps.ts';
import { isRenewalDue } from '#domain/user-certificate.ts';
import { findMembers } from './cloud-users.ts';
import type { ActivityDeps } from './deps.ts';
import type { GroupView } from './group-view.ts';
import { loadUserCertificate } from './user-certificates.ts';

type Demands = (row: TargetRow) => Pick<TargetView, 'waitsFor' | 'renewal' | 'tenant'>;

export async function findDemands(deps: ActivityDeps, view: GroupView): Promise<Demands> {
  if (isCloudKey(view.group)) return findRenewals(deps, view);
  const tenant = view.plan?.tenant;
  return tenant === undefined ? () => ({}) : findWaits(deps, view, tenant);
}

/** Where the cloud is not confirmed yet, nobody could apply by its rights. */
async function findWaits(deps: ActivityDeps, view: GroupView, tenant: Tenant): Promise<Demands> {
  const rows = await deps.store.plans.targets(tenant.cloud);
  const byCluster = new Map(rows.map((row) => [row.cluster, row]));
  return ({ cluster }) => {
    const row = byCluster.get(cluster);
    const isReachable = view.clusters.get(cluster)?.reachable ?? false;
    const title = { tenant: `logical cloud ${tenant.name}` };
    if (row !== undefined && isConfirmed(row, isReachable)) return title;
    const found = row === undefined ? 'not there' : `${row.phase}${row.message === '' ? '' : ` (${row.message})`}`;
    return { ...title, waitsFor: `Waits for logical cloud ${tenant.name} on cluster ${cluster}, which is ${found}` };
  };
}

const isConfirmed = ({ bundle, phase }: TargetRow, isReachable: boolean): boolean =>
  bundle !== null && (phase === 'Deployed' || phase === 'Ready' || (phase === 'Committed' && !isReachable));

async function findRenewals(deps: ActivityDeps, view: GroupView): Promise<Demands> {
  const due = new Map<ClusterKey, string>();
  for (const { cluster, phase } of view.rows) {
    if (phase !== 'Ready' || view.clusters.get(cluster)?.gitops !== null) continue;
    const certificate = await loadUserCertificate(deps, view.group, cluster);
    if (certificate === null) due.set(cluster, 'The certificate of its user is missing');
    else if (isRenewalDue(certificate, deps.now())) {
      due.set(cluster, `The certificate of its user ends at ${certificate.notAfter}`);
    }
  }
  return ({ cluster }) => {
    const renewal = due.get(cluster);
    return renewal === undefined ? {} : { renewal };
  };
}

/** Groups that wait for the cloud look again. */
export async function tellMembers(deps: ActivityDeps, { group }: OperationContext): Promise<void> {
  const now = deps.now();
  for (const member of await findMembers(deps, group)) await deps.messenger.observed(member, now);
}
