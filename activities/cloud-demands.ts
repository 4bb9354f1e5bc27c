/** What a level 1 cloud asks of targets: of its groups that they wait for it, of itself that its certificates are renewed. */
import { isCloudKey } from '#domain/group.ts';
import type { TargetView } from '#domain/judge.ts';
import type { Tenant } from '#domain/inputs.ts';
import type { TargetRow } from '#domain/status.ts';
import type { OperationContext } from '#domain/steps.ts';
import { isRenewalDue, parseCertificateFact, toUserCertificateFact } from '#domain/user-certificate.ts';
import { findMembers } from './cloud-users.ts';
import type { ActivityDeps } from './deps.ts';
import type { GroupView } from './group-view.ts';

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
  const direct = view.rows.filter(({ cluster }) => view.clusters.get(cluster)?.gitops === null);
  const toFact = ({ cluster }: Pick<TargetRow, 'cluster'>): string => toUserCertificateFact(view.group, cluster);
  const facts = await deps.store.facts.getMany(direct.map(toFact));
  return (row) => {
    if (view.clusters.get(row.cluster)?.gitops !== null) return {};
    const note = parseCertificateFact(facts.get(toFact(row)));
    if (note === null) return { renewal: 'The certificate of its user is missing' };
    return isRenewalDue(note, deps.now()) ? { renewal: `The certificate of its user ends at ${note.notAfter}` } : {};
  };
}

/** Groups that wait for the cloud look again. */
export async function tellMembers(deps: ActivityDeps, { group }: OperationContext): Promise<void> {
  const now = deps.now();
  for (const member of await findMembers(deps, group)) await deps.messenger.observed(member, now);
}
