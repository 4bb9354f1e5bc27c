/** An action controller's answer on the manifests: objects put and removed, cluster by cluster. */
import { type Problem, type Result, refused, success } from './failure.ts';
import type { CustomiseResult, ManifestChange, ObjectReference } from './exchange.ts';
import type { ClusterKey } from './group.ts';
import { type KubernetesObject, toApiGroup } from './manifest.ts';
import { type GatheredApp, gatherManifests, type Manifests, toGathered } from './manifest-variants.ts';

const named = 20;

export interface Changing extends Pick<CustomiseResult, 'changes' | 'warnings'> {
  readonly controller: string;
  /** Of the logical cloud: where objects live that name none. */
  readonly namespace: string;
}

/** @returns `document-invalid` for apps, clusters and objects to remove that are not there; at most 20 problems */
export function changeManifests(manifests: Manifests, changing: Changing): Result<Manifests> {
  const apps = toGathered(manifests);
  const problems = findUnknown(apps, changing);
  if (problems.length > 0) return refused('document-invalid', problems.slice(0, named));
  const changesOf = Map.groupBy(changing.changes, ({ app }) => app);
  const changed = apps.map((app) => {
    const changes = changesOf.get(app.app) ?? [];
    return withWarnings(changeApp(app, changes, { namespace: changing.namespace, problems }), changing);
  });
  if (problems.length > 0) return refused('document-invalid', problems.slice(0, named));
  return success(gatherManifests(changed));
}

function findUnknown(apps: readonly GatheredApp[], { changes, warnings = [] }: Changing): Problem[] {
  const known = new Map(apps.map(({ app, variants }) => [app, new Set<string>(variants.flatMap((v) => v.clusters))]));
  const strangers = [...changes, ...warnings].filter(({ app }) => !known.has(app)).map(({ app }) => app);
  const expected = `one of ${[...known.keys()].slice(0, named).join(', ')}`;
  return [
    ...[...new Set(strangers)].map((app) => ({ object: `app ${app}`, expected, found: 'no such app in the request' })),
    ...changes.flatMap(({ app, clusters = [] }) =>
      clusters
        .filter((cluster) => known.has(app) && known.get(app)?.has(cluster) !== true)
        .slice(0, named)
        .map((cluster) => ({ object: `app ${app}`, expected: 'a cluster that it goes to', found: cluster })),
    ),
  ];
}

interface Work {
  readonly namespace: string;
  readonly problems: Problem[];
}

type Variant = GatheredApp['variants'][number];

/** Clusters of one variant that meet the same changes stay together: what is made for them is made once. */
function changeApp(app: GatheredApp, changes: readonly ManifestChange[], work: Work): GatheredApp {
  if (changes.length === 0) return app;
  const everywhere = changes.flatMap(({ clusters }, at) => (clusters === undefined ? [at] : []));
  const own = new Map<string, number[]>();
  for (const [at, { clusters = [] }] of changes.entries()) {
    for (const cluster of new Set(clusters)) own.set(cluster, [...(own.get(cluster) ?? []), at]);
  }
  const met = (cluster: ClusterKey): string =>
    [...everywhere, ...(own.get(cluster) ?? [])].toSorted((a, b) => a - b).join(' ');
  const variants = app.variants.flatMap((variant) =>
    [...Map.groupBy(variant.clusters, met)].map(([key, clusters]): Variant => {
      const meeting = key === '' ? [] : key.split(' ').flatMap((at) => changes[Number(at)] ?? []);
      const where = `app ${app.app} on cluster ${clusters[0] ?? ''}`;
      return { clusters, objects: applyChanges(variant.objects, meeting, { ...work, where }) };
    }),
  );
  return { ...app, variants };
}

function applyChanges(
  objects: readonly KubernetesObject[],
  changes: readonly ManifestChange[],
  { namespace, problems, where }: Work & { readonly where: string },
): readonly KubernetesObject[] {
  if (changes.length === 0) return objects;
  // A map keeps the place of what is replaced, and puts what is new at the end.
  const byKey = new Map(objects.map((object) => [toKey(toReference(object), namespace), object]));
  // Charts may carry an object twice; only the last would be left here, and freezing is what refuses it.
  if (byKey.size < objects.length)
    problems.push({ object: where, expected: 'one object of each kind and name', found: 'one twice' });
  for (const { remove = [], put = [] } of changes) {
    for (const reference of remove) {
      if (byKey.delete(toKey(reference, namespace)) || problems.length >= named) continue;
      const found = 'no such object to remove';
      problems.push({ object: where, expected: `${reference.kind} ${reference.name}`, found });
    }
    for (const object of put) byKey.set(toKey(toReference(object), namespace), object);
  }
  return [...byKey.values()];
}

const toReference = ({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

const toKey = ({ apiVersion, kind, name, namespace = '' }: ObjectReference, own: string): string =>
  JSON.stringify([toApiGroup(apiVersion), kind, namespace === '' ? own : namespace, name]);

function withWarnings(app: GatheredApp, { controller, warnings = [] }: Changing): GatheredApp {
  const own = warnings.filter((one) => one.app === app.app).map(({ warning }) => `${controller}: ${warning}`);
  return own.length === 0 ? app : { ...app, warnings: [...app.warnings, ...own] };
}
