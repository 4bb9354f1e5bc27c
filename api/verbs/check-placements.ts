import type { Problem } from '#domain/failure.ts';
import { type ClusterKey, type GroupKey, toClusterKey } from '#domain/group.ts';
import { memberAt, textAt } from '#domain/document-secrets.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { HttpProblem } from '#api/engine/problem.ts';

interface Placements {
  readonly group: GroupKey;
  readonly apps: readonly string[];
  readonly appIntents: readonly StoredDocument[];
  /** Of the logical cloud. */
  readonly clusters: ReadonlySet<ClusterKey>;
}

/** Every app has a place, and every cluster named as mandatory is in the logical cloud. Labels are for the plan. */
export function checkPlacements(placements: Placements): void {
  const { group, apps, appIntents, clusters } = placements;
  const byApp = new Map(appIntents.map((intent) => [textAt(intent.body, ['spec', 'app']), intent]));
  const unplaced = apps.filter((app) => termsOf(byApp.get(app)).length === 0);
  if (apps.length === 0 || unplaced.length > 0) throw noClusters(group, unplaced);
  const outside = apps.flatMap((app) =>
    mandatoryOf(byApp.get(app))
      .filter((cluster) => !clusters.has(cluster))
      .map((cluster) => ({
        object: `app ${app}`,
        expected: `cluster ${cluster} in the logical cloud`,
        found: 'not there',
      })),
  );
  if (outside.length > 0) {
    throw new HttpProblem({
      status: 400,
      code: 'cluster-not-in-cloud',
      text: "The specified Logical Cloud doesn't provide the mandatory clusters",
      problems: outside.slice(0, 20),
    });
  }
}

function noClusters(group: GroupKey, unplaced: readonly string[]): HttpProblem {
  const problems: readonly Problem[] =
    unplaced.length === 0
      ? [{ object: group, expected: 'at least one app', found: 'none' }]
      : unplaced.map((app) => ({ object: `app ${app}`, expected: 'an app intent that names clusters', found: 'none' }));
  return new HttpProblem({
    status: 422,
    code: 'placement-impossible',
    text: 'No compatible clusters have been provided to the Deployment Intent Group',
    problems,
  });
}

const toTerms = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((each: Json): each is JsonObject => isJsonObject(each)) : [];

function termsOf(intent: StoredDocument | undefined): readonly JsonObject[] {
  if (intent === undefined) return [];
  const at = (list: string) => toTerms(memberAt(intent.body, ['spec', 'intent', list]));
  return [...at('allOf'), ...at('anyOf')];
}

function mandatoryOf(intent: StoredDocument | undefined): readonly ClusterKey[] {
  if (intent === undefined) return [];
  return toTerms(memberAt(intent.body, ['spec', 'intent', 'allOf'])).flatMap(({ clusterProvider, cluster }) =>
    typeof clusterProvider === 'string' && typeof cluster === 'string' && cluster !== ''
      ? [toClusterKey({ provider: clusterProvider, cluster })]
      : [],
  );
}
