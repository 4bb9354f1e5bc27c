/** Chooses the clusters of every app from its intents, with a reason for each choice. */
import { type FailureCode, type Problem, type Result, refused, success } from './failure.ts';
import { type ClusterKey, toClusterKey } from './group.ts';
import type { AppInput, GroupInputs, PlacementTerm } from './inputs.ts';
import type { AppPlacement, Placement, PlacementChoice } from './plan.ts';

/** How many terms of an anyOf, or clusters of a label, a sentence spells out. */
const shownTerms = 5;

type LeafTerm = Exclude<PlacementTerm, { readonly type: 'anyOf' }>;

interface Landscape {
  readonly known: ReadonlySet<ClusterKey>;
  readonly cloud: ReadonlySet<ClusterKey>;
  readonly cloudName: string;
  /** Clusters by `provider label`, sorted by key. */
  readonly byLabel: ReadonlyMap<string, readonly ClusterKey[]>;
}

interface Finding extends Problem {
  readonly code: FailureCode;
}

/** One anyOf group: at least one of its candidates must be chosen. */
export interface Constraint {
  /** `anyOf [label east of provider edge, cluster edge+c9]`. */
  readonly words: string;
  /** In the logical cloud, sorted, not empty. */
  readonly candidates: readonly ClusterKey[];
}

/** The clusters that an app may go to, before one of each anyOf group is chosen. */
export interface AppCandidates {
  readonly app: string;
  /** What allOf chose, with each reason; sorted by key. */
  readonly allOf: readonly { readonly cluster: ClusterKey; readonly reasons: readonly string[] }[];
  readonly anyOf: readonly Constraint[];
  /** What controllers say of a cluster, in their order. */
  readonly notes: Readonly<Record<ClusterKey, readonly string[]>>;
  readonly warnings: readonly string[];
}

/** Resolves one app; choices grow in the order of the rules, reasons per cluster in the order found. */
interface Chooser {
  readonly app: string;
  readonly land: Landscape;
  readonly reasons: Map<ClusterKey, string[]>;
  readonly findings: Finding[];
}

/**
 * allOf terms choose every cluster that they name; an anyOf group (also one nested in allOf) chooses one. Groups are
 * constraints: nothing ever drops a mandatory cluster, a group that an already chosen cluster satisfies adds none, and
 * of several free candidates the first by key is taken, as EMCO does. Groups with a single candidate are served first,
 * so that the order in which groups are written does not matter for them. Candidates outside the logical cloud never
 * count. All problems of all apps come at once.
 */
export function placeGroup(inputs: GroupInputs): Result<Placement> {
  const found = findCandidates(inputs);
  return found.ok ? success(found.value.map(chooseClusters)) : found;
}

/** The first half of `placeGroup`: what the intents allow. Controllers may narrow it before the rest is chosen. */
export function findCandidates(inputs: GroupInputs): Result<readonly AppCandidates[]> {
  const land = toLandscape(inputs);
  const findings: Finding[] = [];
  if (inputs.apps.length === 0) {
    const object = `composite application of ${inputs.group}`;
    findings.push({ code: 'placement-impossible', object, expected: 'at least one app', found: 'none' });
  }
  const candidates = inputs.apps.map((app) => findOfApp(app, land, findings));
  if (findings.length === 0) return success(candidates);
  return refused(
    toCode(findings),
    findings.map(({ object, expected, found }) => ({ object, expected, found })),
  );
}

/** The one code that all findings share; of a mixture, that placement is impossible. */
function toCode(findings: readonly Finding[]): FailureCode {
  const codes = new Set(findings.map((finding) => finding.code));
  return codes.size === 1 ? (findings[0]?.code ?? 'placement-impossible') : 'placement-impossible';
}

function toLandscape(inputs: GroupInputs): Landscape {
  const byLabel = new Map<string, ClusterKey[]>();
  for (const cluster of inputs.clusters) {
    const provider = cluster.key.slice(0, cluster.key.indexOf('+'));
    for (const label of new Set(cluster.labels)) {
      const name = `${provider} ${label}`;
      const found = byLabel.get(name);
      if (found) found.push(cluster.key);
      else byLabel.set(name, [cluster.key]);
    }
  }
  for (const keys of byLabel.values()) keys.sort();
  return {
    known: new Set(inputs.clusters.map((cluster) => cluster.key)),
    cloud: new Set(inputs.logicalCloud.clusters),
    cloudName: inputs.logicalCloud.name,
    byLabel,
  };
}

const noCandidates = { allOf: [], anyOf: [], notes: {}, warnings: [] };

function findOfApp(app: AppInput, land: Landscape, findings: Finding[]): AppCandidates {
  const chooser: Chooser = { app: app.name, land, reasons: new Map(), findings };
  const intent = app.placement;
  if (intent === null || intent.allOf.length + intent.anyOf.length === 0) {
    const expected = 'an app-intent that says where it shall run';
    report(chooser, 'placement-impossible', { expected, found: intent === null ? 'none' : 'an empty one' });
    return { app: app.name, ...noCandidates };
  }
  const constraints: Constraint[] = [];
  for (const term of intent.allOf) {
    if (term.type === 'anyOf') addConstraint(chooser, constraints, term.terms);
    else chooseAll(chooser, term);
  }
  if (intent.anyOf.length > 0) addConstraint(chooser, constraints, intent.anyOf);
  const allOf = [...chooser.reasons.keys()]
    .sort()
    .map((cluster) => ({ cluster, reasons: chooser.reasons.get(cluster) ?? [] }));
  return { ...noCandidates, app: app.name, allOf, anyOf: constraints };
}

/** The second half of `placeGroup`: one cluster of each anyOf group. */
export function chooseClusters({ app, allOf, anyOf, notes, warnings }: AppCandidates): AppPlacement {
  const mandatory = new Set(anyOf.length === 0 ? [] : allOf.map(({ cluster }) => cluster));
  const added = new Map<ClusterKey, string[]>();
  const forcedFirst = [
    ...anyOf.filter(({ candidates }) => candidates.length === 1),
    ...anyOf.filter(({ candidates }) => candidates.length > 1),
  ];
  for (const constraint of forcedFirst) satisfy(added, constraint, mandatory);
  const toChoice = (cluster: ClusterKey, reasons: readonly string[]): PlacementChoice => {
    const more = [...(added.get(cluster) ?? []), ...(notes[cluster] ?? [])];
    return { cluster, reason: (more.length === 0 ? reasons : [...reasons, ...more]).join('; ') };
  };
  const others = [...added.keys()].filter((cluster) => !mandatory.has(cluster));
  const choices = [
    ...allOf.map(({ cluster, reasons }) => toChoice(cluster, reasons)),
    ...others.map((cluster) => toChoice(cluster, [])),
  ];
  if (others.length > 0) choices.sort((one, other) => (one.cluster < other.cluster ? -1 : 1));
  return { app, choices, ...(warnings.length === 0 ? {} : { warnings }) };
}

function chooseAll(chooser: Chooser, term: LeafTerm): void {
  const words = `allOf ${toWords(term)}`;
  const outside: ClusterKey[] = [];
  for (const cluster of findClusters(chooser, term, words)) {
    if (chooser.land.cloud.has(cluster)) choose(chooser.reasons, cluster, words);
    else outside.push(cluster);
  }
  reportOutside(chooser, outside, words);
}

function addConstraint(chooser: Chooser, constraints: Constraint[], terms: readonly PlacementTerm[]): void {
  const leaves = flatten(terms);
  const words = `anyOf [${toShortList(leaves.map(toWords))}]`;
  const all = new Set(leaves.flatMap((leaf) => findClusters(chooser, leaf, words)));
  const candidates = [...all].filter((cluster) => chooser.land.cloud.has(cluster)).sort();
  if (candidates.length > 0) constraints.push({ words, candidates });
  else reportOutside(chooser, [...all].sort(), words);
  if (leaves.length === 0)
    report(chooser, 'placement-impossible', { expected: 'clusters or labels in anyOf', found: 'none' });
}

function satisfy(
  added: Map<ClusterKey, string[]>,
  { words, candidates }: Constraint,
  mandatory: ReadonlySet<ClusterKey>,
): void {
  const chosen = candidates.find((cluster) => mandatory.has(cluster) || added.has(cluster));
  const [first] = candidates;
  const which = candidates.length === 1 ? 'only candidate' : `first of ${candidates.length} candidates`;
  if (chosen !== undefined) choose(added, chosen, `satisfies ${words}`);
  else if (first !== undefined) choose(added, first, `${which} of ${words}`);
}

/** The clusters that a term names; a cluster or a label that does not exist is reported. */
function findClusters(chooser: Chooser, term: LeafTerm, words: string): readonly ClusterKey[] {
  if (term.type === 'label') {
    const found = chooser.land.byLabel.get(`${term.provider} ${term.label}`) ?? [];
    const expected = `a cluster with label ${term.label} of provider ${term.provider} (${words})`;
    if (found.length === 0) report(chooser, 'placement-impossible', { expected, found: 'none' });
    return found;
  }
  const key = toClusterKey(term);
  if (chooser.land.known.has(key)) return [key];
  report(chooser, 'reference-not-found', { expected: `cluster ${key} (${words})`, found: 'no such cluster' });
  return [];
}

function choose(all: Map<ClusterKey, string[]>, cluster: ClusterKey, reason: string): void {
  const reasons = all.get(cluster);
  if (!reasons) all.set(cluster, [reason]);
  else if (!reasons.includes(reason)) reasons.push(reason);
}

/** One problem for all clusters of a term, since a label may stand for thousands. */
function reportOutside(chooser: Chooser, outside: readonly ClusterKey[], words: string): void {
  if (outside.length === 0) return;
  const [noun, pronoun] = outside.length === 1 ? ['cluster', 'it'] : ['clusters', 'them'];
  report(chooser, 'cluster-not-in-cloud', {
    expected: `${noun} ${toShortList(outside)} in logical cloud ${chooser.land.cloudName} (${words})`,
    found: `no cluster-reference to ${pronoun}`,
  });
}

function report(
  chooser: Chooser,
  code: FailureCode,
  what: { readonly expected: string; readonly found: string },
): void {
  const object = `app ${chooser.app}`;
  const known = chooser.findings.some((one) => one.object === object && one.expected === what.expected);
  if (!known) chooser.findings.push({ code, object, ...what });
}

const flatten = (terms: readonly PlacementTerm[]): readonly LeafTerm[] =>
  terms.flatMap((term) => (term.type === 'anyOf' ? flatten(term.terms) : [term]));

const toWords = (term: LeafTerm): string =>
  term.type === 'label' ? `label ${term.label} of provider ${term.provider}` : `cluster ${toClusterKey(term)}`;

const toShortList = (words: readonly string[]): string =>
  words.length <= shownTerms
    ? words.join(', ')
    : `${words.slice(0, shownTerms).join(', ')} and ${words.length - shownTerms} more`;
