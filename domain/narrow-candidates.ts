/** A placement controller's answer on what the intents allow: it may leave clusters out, never bring new ones. */
import { type Problem, type Result, refused, success } from './failure.ts';
import type { PlaceResult } from './exchange.ts';
import type { ClusterKey } from './group.ts';
import type { AppCandidates } from './placement.ts';

const named = 20;
const shownClusters = 5;

type AppAnswer = PlaceResult['apps'][number];
type Answer = Pick<PlaceResult, 'apps' | 'warnings'> & { readonly controller: string };

/**
 * @returns `document-invalid` for apps and clusters that were not asked about, `placement-impossible` where an app or an
 * anyOf group is left without a cluster; at most 20 problems of a kind
 */
export function narrowCandidates(
  candidates: readonly AppCandidates[],
  answer: Answer,
): Result<readonly AppCandidates[]> {
  const unknown = findUnknown(candidates, answer);
  if (unknown.length > 0) return refused('document-invalid', unknown.slice(0, named));
  const byApp = new Map(answer.apps.map((app) => [app.app, app]));
  const narrowed = candidates.map((app) => withWarnings(narrowApp(app, byApp.get(app.app), answer.controller), answer));
  const impossible = narrowed.flatMap((app) => findImpossible(app, answer.controller));
  return impossible.length === 0 ? success(narrowed) : refused('placement-impossible', impossible.slice(0, named));
}

function findUnknown(candidates: readonly AppCandidates[], { apps, warnings = [] }: Answer): readonly Problem[] {
  const known = new Map(candidates.map((app) => [app.app, toClusters(app)]));
  const seen = new Set<string>();
  const strangers = warnings.flatMap(({ app }) => (known.has(app) ? [] : [unknownApp(app, known)]));
  const wrong = apps.flatMap(({ app, clusters }): readonly Problem[] => {
    const allowed = known.get(app);
    if (allowed === undefined) return [unknownApp(app, known)];
    const isTwice = seen.has(app);
    seen.add(app);
    if (isTwice) return [{ object: `app ${app}`, expected: 'one answer', found: 'two' }];
    const expected = `one of the ${allowed.size} clusters that its intents and the controllers before allow`;
    return clusters
      .filter(({ cluster }) => !allowed.has(cluster))
      .slice(0, named)
      .map(({ cluster }) => ({ object: `app ${app}`, expected, found: `cluster ${cluster}` }));
  });
  return [...wrong, ...strangers];
}

const unknownApp = (app: string, known: ReadonlyMap<string, unknown>): Problem => ({
  object: `app ${app}`,
  expected: `one of ${[...known.keys()].slice(0, named).join(', ')}`,
  found: 'no such app in the request',
});

const toClusters = ({ allOf, anyOf }: AppCandidates): ReadonlySet<string> =>
  new Set([...allOf.map(({ cluster }) => cluster), ...anyOf.flatMap(({ candidates }) => candidates)]);

function narrowApp(app: AppCandidates, answer: AppAnswer | undefined, controller: string): AppCandidates {
  if (answer === undefined) return app;
  const reasons = new Map<string, string>(answer.clusters.map(({ cluster, reason }) => [cluster, reason]));
  const stays = (cluster: ClusterKey): boolean => reasons.has(cluster);
  const left = app.allOf.filter(({ cluster }) => !stays(cluster)).map(({ cluster }) => cluster);
  const notes = Object.fromEntries(
    [...toClusters(app)]
      // They came from lists of cluster keys.
      .map((cluster) => cluster as ClusterKey)
      .filter(stays)
      .map((cluster) => [cluster, [...(app.notes[cluster] ?? []), ...toNote(reasons.get(cluster), controller)]]),
  );
  return {
    app: app.app,
    allOf: app.allOf.filter(({ cluster }) => stays(cluster)),
    anyOf: app.anyOf.map(({ words, candidates }) => ({ words, candidates: candidates.filter(stays) })),
    notes,
    warnings: left.length === 0 ? app.warnings : [...app.warnings, toLeftOut(controller, left)],
  };
}

const toNote = (reason: string | undefined, controller: string): readonly string[] =>
  reason === undefined || reason === '' ? [] : [`${controller}: ${reason}`];

function toLeftOut(controller: string, left: readonly ClusterKey[]): string {
  const more = left.length > shownClusters ? ` and ${left.length - shownClusters} more` : '';
  return `controller ${controller} left out what allOf names: ${left.slice(0, shownClusters).join(', ')}${more}`;
}

function withWarnings(app: AppCandidates, { controller, warnings = [] }: Answer): AppCandidates {
  const own = warnings.filter((one) => one.app === app.app).map(({ warning }) => `${controller}: ${warning}`);
  return own.length === 0 ? app : { ...app, warnings: [...app.warnings, ...own] };
}

function findImpossible({ app, allOf, anyOf }: AppCandidates, controller: string): readonly Problem[] {
  const object = `app ${app}`;
  if (allOf.length + anyOf.length === 0)
    return [{ object, expected: 'at least one cluster', found: `none left by controller ${controller}` }];
  return anyOf
    .filter(({ candidates }) => candidates.length === 0)
    .map(({ words }) => ({
      object,
      expected: `a cluster for ${words}`,
      found: `none left by controller ${controller}`,
    }));
}
