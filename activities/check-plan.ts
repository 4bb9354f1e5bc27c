/** What a plan must not do, checked before it is frozen: all problems at once, at most twenty named. */
import { isWithinCloud } from '#domain/cloud-objects.ts';
import { Failure, type FailureCode, type Problem } from '#domain/failure.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import type { ClusterInput } from '#domain/inputs.ts';
import type { Bundle } from '#domain/manifest.ts';
import type { BundleRecord, Plan, PlanTarget } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { ActivityDeps } from './deps.ts';
import { loadManyJson } from './json-blobs.ts';

const named = 20;

export interface CheckedPlan {
  /** The group that holds the plan's gid: in a migration not yet the plan's own. */
  readonly holder: GroupKey;
  readonly plan: Plan;
  readonly clusters: readonly ClusterInput[];
  readonly records: ReadonlyMap<BlobAddress, BundleRecord>;
  /** Namespaces of a level 1 cloud's permissions; null where emco's own rights apply. */
  readonly permitted: readonly string[] | null;
}

/** @throws Failure `secret-refused`, `object-refused` (twice on a cluster), `object-owned` (a CRD in two versions) */
export async function checkPlan(deps: ActivityDeps, checked: CheckedPlan): Promise<void> {
  refuse('secret-refused', findClearSecrets(checked));
  refuse('object-refused', findTwice(checked));
  refuse('object-refused', findOutside(checked));
  refuse('object-owned', await findOtherCrds(deps, checked));
}

function refuse(code: FailureCode, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Failure(code, problems.slice(0, named));
}

function findClearSecrets({ plan, clusters, records }: CheckedPlan): readonly Problem[] {
  const refusing = new Set(clusters.filter((c) => c.gitops !== null && c.gitops.secrets !== 'plain').map((c) => c.key));
  return plan.targets
    .filter((target) => refusing.has(target.cluster) && records.get(target.bundle)?.hasSecret === true)
    .map(({ app, cluster }) => ({
      object: `app ${app} on cluster ${cluster}`,
      expected: "no Secret bound for Git, or the sync object's key `secrets` with the value `plain`",
      found: 'a Secret that would stand in Git in clear text',
    }));
}

/** Two apps of the group with one object on one cluster: each would undo what the other wrote. */
function findTwice({ plan, records }: CheckedPlan): readonly Problem[] {
  const judged = new Set<string>();
  return [...Map.groupBy(plan.targets, (target) => target.cluster)].flatMap(([cluster, targets]) => {
    // Clusters with the same bundles have the same answer.
    const combination = targets.map((target) => target.bundle).join(' ');
    if (judged.has(combination)) return [];
    judged.add(combination);
    return findTwiceOn(cluster, targets, records);
  });
}

function findTwiceOn(
  cluster: ClusterKey,
  targets: readonly PlanTarget[],
  records: CheckedPlan['records'],
): readonly Problem[] {
  const owners = new Map<string, string>();
  return targets.flatMap(({ app, bundle }) =>
    (records.get(bundle)?.identities ?? []).flatMap((identity): Problem[] => {
      const owner = owners.get(identity);
      owners.set(identity, app);
      if (owner === undefined) return [];
      return [
        {
          object: `object ${identity} on cluster ${cluster}`,
          expected: 'one app of the group',
          found: `${owner} and ${app}`,
        },
      ];
    }),
  );
}

/** What reaches beyond the cloud is refused before anything is written; finer rights are for the cluster to judge. */
function findOutside({ plan, records, permitted }: CheckedPlan): readonly Problem[] {
  if (permitted === null) return [];
  const judged = new Set<BlobAddress>();
  return plan.targets.flatMap(({ app, cluster, bundle }) => {
    const record = records.get(bundle);
    if (record === undefined || judged.has(bundle)) return [];
    judged.add(bundle);
    const crds = record.trees.crds === null || permitted.includes('') ? [] : ['its CustomResourceDefinitions'];
    const objects = record.identities.filter((key) => !isWithinCloud(key.split('/')[2] ?? '', permitted));
    const hooks = record.hooks
      .filter(({ namespace }) => !isWithinCloud(namespace, permitted))
      .map(({ kind, namespace, name }) => `/${kind}/${namespace}/${name}`);
    return [...crds, ...[...objects, ...hooks].map((key) => `object ${key}`)].map((object) => ({
      object: `app ${app} on cluster ${cluster}, ${object}`,
      expected: `only what user permissions of logical cloud ${plan.tenant?.name ?? ''} may cover: ${toReach(permitted)}`,
      found: object.startsWith('object') ? toPlace(object.split('/')[2] ?? '') : 'something of the whole cluster',
    }));
  });
}

const toPlace = (namespace: string): string =>
  namespace === '' ? 'something of the whole cluster' : `something in namespace ${namespace}`;

const toReach = (permitted: readonly string[]): string =>
  permitted.length === 0 ? 'nothing' : `namespace ${permitted.join(', ')}`;

/** CRDs are the cluster's: groups may share one, in one version. */
async function findOtherCrds(deps: ActivityDeps, { plan, records, holder }: CheckedPlan): Promise<readonly Problem[]> {
  const bringing = plan.targets.filter((target) => (records.get(target.bundle)?.trees.crds ?? null) !== null);
  if (bringing.length === 0) return [];
  const rivals = await findRivals(
    deps,
    new Set([plan.group, holder]),
    new Set(bringing.map((target) => target.cluster)),
  );
  const all = [
    ...bringing.map(({ cluster, bundle, app }) => ({ cluster, bundle, owner: `app ${app} of this group` })),
    ...rivals,
  ];
  const bundles = await loadManyJson<Bundle>(
    deps.store.blobs,
    all.map((one) => one.bundle),
  );
  return [...Map.groupBy(all, (one) => one.cluster)].flatMap(([cluster, holders]) =>
    findVersions(cluster, holders, bundles),
  );
}

interface Holder {
  readonly cluster: ClusterKey;
  readonly bundle: BlobAddress;
  readonly owner: string;
}

async function findRivals(
  deps: ActivityDeps,
  own: ReadonlySet<GroupKey>,
  clusters: ReadonlySet<ClusterKey>,
): Promise<readonly Holder[]> {
  const { plans } = deps.store;
  const groups = (await Promise.all([...clusters].map((cluster) => plans.groupsOn(cluster)))).flat();
  const others = new Set(groups.map(({ group }) => group).filter((group) => !own.has(group)));
  const rows = (await Promise.all([...others].map((group) => plans.targets(group)))).flat();
  const records = await plans.findBundles([
    ...new Set(rows.flatMap((row) => (row.bundle === null ? [] : [row.bundle]))),
  ]);
  return rows.flatMap(({ cluster, bundle, group }) => {
    const brings = bundle !== null && (records.get(bundle)?.trees.crds ?? null) !== null;
    return brings && clusters.has(cluster) ? [{ cluster, bundle, owner: `group ${group}` }] : [];
  });
}

function findVersions(
  cluster: ClusterKey,
  holders: readonly Holder[],
  bundles: ReadonlyMap<BlobAddress, Bundle>,
): readonly Problem[] {
  const first = new Map<string, { readonly text: string; readonly owner: string }>();
  return holders.flatMap(({ bundle, owner }) =>
    (bundles.get(bundle)?.crds ?? []).flatMap(({ identity, text }): Problem[] => {
      const known = first.get(identity.name);
      if (known === undefined) first.set(identity.name, { text, owner });
      if (known === undefined || known.text === text) return [];
      const object = `CustomResourceDefinition ${identity.name} on cluster ${cluster}`;
      return [{ object, expected: 'one version on a cluster', found: `different ones of ${known.owner} and ${owner}` }];
    }),
  );
}
