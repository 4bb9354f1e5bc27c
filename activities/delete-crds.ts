/** Whether the CRDs of a group may go with it: not while anything of another group lives by them. */
import { Failure, type Problem } from '#domain/failure.ts';
import type { ClusterKey, GroupKey } from '#domain/group.ts';
import { readText } from '#domain/health-fields.ts';
import { isJsonObject } from '#domain/json.ts';
import type { Bundle, ManifestFile } from '#domain/manifest.ts';
import type { BundleRecord } from '#domain/plan.ts';
import type { BlobAddress } from '#domain/ports/blobs.ts';
import type { TargetRow } from '#domain/status.ts';
import type { ActivityDeps } from './deps.ts';
import { loadGroupView } from './group-view.ts';
import { loadManyJson } from './json-blobs.ts';

const named = 20;

/** @throws Failure `object-owned` where another group has the CRD or objects of its kind, or where nobody would say that it went */
export async function refuseSharedCrds(deps: ActivityDeps, group: GroupKey): Promise<void> {
  const view = await loadGroupView(deps, group);
  const own = view.rows.flatMap((row) => toBringing(row, view.bundles));
  if (own.length === 0) return;
  const silent = own.filter(({ cluster }) => view.clusters.get(cluster)?.reachable !== true).map(toSilent);
  const shared = await findShared(deps, group, own);
  const problems = [...silent, ...shared];
  if (problems.length > 0) throw new Failure('object-owned', problems.slice(0, named));
}

interface Bringing {
  readonly app: string;
  readonly cluster: ClusterKey;
  readonly bundle: BlobAddress;
}

/** What stands or stood there last brings CRDs. */
function toBringing(row: TargetRow, bundles: ReadonlyMap<BlobAddress, BundleRecord>): readonly Bringing[] {
  const bundle = row.bundle ?? row.previousBundle;
  if (bundle === null || (bundles.get(bundle)?.trees.crds ?? null) === null) return [];
  return [{ app: row.app, cluster: row.cluster, bundle }];
}

const toSilent = ({ app, cluster }: Bringing): Problem => ({
  object: `CRDs of app ${app} on cluster ${cluster}`,
  expected: 'a cluster that reports when they are gone (a kubeconfig), to delete them',
  found: 'none',
});

async function findShared(deps: ActivityDeps, group: GroupKey, own: readonly Bringing[]): Promise<readonly Problem[]> {
  const others = await findOthers(deps, group, new Set(own.map(({ cluster }) => cluster)));
  const all = [...own, ...others.filter(({ record }) => record.trees.crds !== null)];
  const bundles = await loadManyJson<Bundle>(
    deps.store.blobs,
    all.map(({ bundle }) => bundle),
  );
  const definitions = new Map(
    [...new Set(own.map(({ bundle }) => bundle))].map((bundle) => [
      bundle,
      (bundles.get(bundle)?.crds ?? []).map((file) => toDefinition(deps, file)),
    ]),
  );
  return own.flatMap(({ cluster, bundle }) =>
    (definitions.get(bundle) ?? []).flatMap((definition) =>
      others
        .filter((other) => other.cluster === cluster && isUsing(other, definition, bundles.get(other.bundle)))
        .map((other) => ({
          object: `CustomResourceDefinition ${definition.name} on cluster ${cluster}`,
          expected: 'no other group that brings it or has objects of its kind',
          found: `group ${other.group}`,
        })),
    ),
  );
}

interface Definition {
  readonly name: string;
  /** `shop.emco.example/BackupPlan/`: how identities of its objects begin. */
  readonly prefix: string;
}

function toDefinition({ fromYaml }: ActivityDeps, { identity, text }: ManifestFile): Definition {
  const value = fromYaml(text);
  const object = isJsonObject(value) ? value : {};
  return {
    name: identity.name,
    prefix: `${readText(object, 'spec', 'group')}/${readText(object, 'spec', 'names', 'kind')}/`,
  };
}

interface Other {
  readonly group: GroupKey;
  readonly cluster: ClusterKey;
  readonly bundle: BlobAddress;
  readonly record: BundleRecord;
}

const isUsing = ({ record }: Other, { name, prefix }: Definition, bundle: Bundle | undefined): boolean =>
  record.identities.some((key) => key.startsWith(prefix)) ||
  (record.trees.crds !== null && (bundle?.crds ?? []).some(({ identity }) => identity.name === name));

/** What other groups have, or shall have, on these clusters. */
async function findOthers(
  { store }: ActivityDeps,
  group: GroupKey,
  clusters: ReadonlySet<ClusterKey>,
): Promise<readonly Other[]> {
  const { plans } = store;
  const present = (await Promise.all([...clusters].map((cluster) => plans.groupsOn(cluster)))).flat();
  const others = [...new Set(present.map((one) => one.group))].filter((one) => one !== group);
  const rows = (await Promise.all(others.map((one) => plans.targets(one)))).flat();
  const there = rows.flatMap(({ bundle, previousBundle, cluster, group: owner }) =>
    [bundle, previousBundle].flatMap((address) =>
      address === null || !clusters.has(cluster) ? [] : [{ group: owner, cluster, bundle: address }],
    ),
  );
  const records = await plans.findBundles([...new Set(there.map(({ bundle }) => bundle))]);
  return there.flatMap((one) => {
    const record = records.get(one.bundle);
    return record === undefined ? [] : [{ ...one, record }];
  });
}
