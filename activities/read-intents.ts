/** Reads all documents of a group at one moment and keeps them as the inputs of a plan. */
import { documentKinds } from '#domain/document-kinds.ts';
import type { ControllerCall } from '#domain/controllers.ts';
import { Failure } from '#domain/failure.ts';
import { type ClusterKey, toCloudKey, toGroupRef } from '#domain/group.ts';
import type { GroupInputs, PlacementIntent, PlacementTerm } from '#domain/inputs.ts';
import type { GroupSteps } from '#domain/steps.ts';
import type { ActivityDeps } from './deps.ts';
import { saveJson } from './json-blobs.ts';
import { readCloudOfGroup } from './read-cloud.ts';
import { readApps } from './read-apps.ts';
import { ClusterLabels, readClusters, toSpec, toText } from './read-clusters.ts';
import { readControllers } from './read-controllers.ts';
import { readHealthChecks } from './read-health-checks.ts';
import { readResources } from './read-resources.ts';

type ReadInput = Parameters<GroupSteps['readIntents']>[0];

export async function readIntents(deps: ActivityDeps, context: ReadInput): ReturnType<GroupSteps['readIntents']> {
  const { inputs, calls } = await toInputs(deps, context);
  const address = await saveJson(deps.store.blobs, inputs);
  await deps.store.groups.step(context.group, context.operationId, 'documents read');
  const { apps, clusters, lookUpApps } = inputs;
  const counts = { apps: apps.length, clusters: clusters.length, lookUpApps: lookUpApps.length };
  return { inputs: address, ...counts, ...(calls.length === 0 ? {} : { controllers: calls }) };
}

interface Read {
  readonly inputs: GroupInputs;
  readonly calls: readonly ControllerCall[];
}

/** What the documents of one group say, for whoever runs it: a migrating group has the gid and gives it on. */
async function toInputs(deps: ActivityDeps, input: ReadInput): Promise<Read> {
  const { documents, groups } = deps.store;
  const { documentsOf: group } = input;
  const document = await documents.find(group);
  const record = await groups.find(input.group);
  if (document === null || record === null) {
    throw new Failure('document-not-found', [{ object: `group ${group}`, expected: 'its document', found: 'none' }]);
  }
  const cloud = toCloudKey(toGroupRef(group).project, toText(toSpec(document)['logicalCloud']));
  const logicalCloud = await readCloudOfGroup(deps, cloud);
  const intents = await documents.list(documentKinds.groupIntent, group);
  const healthChecks = await readHealthChecks(documents, group, document);
  const apps = await readApps(deps, { group, document, intents });
  const { calls, builtInIntents } = await readControllers(deps, { group, intents });
  const { resources, lookUpApps } = await readResources(deps, { group, names: builtInIntents });
  const labels = new ClusterLabels(documents);
  const keys = await toClusterKeys(labels, { named: apps.map((app) => app.placement), cloud: logicalCloud.clusters });
  const { clusters } = await readClusters(documents, deps.gitops, { keys, labels });
  const inputs = {
    group,
    gid: record.gid,
    release: toText(toSpec(document)['version']),
    logicalCloud,
    ...(healthChecks.length === 0 ? {} : { healthChecks }),
    apps,
    clusters: [...clusters.values()],
    resources,
    lookUpApps,
  };
  return { inputs, calls };
}

interface Wanted {
  readonly named: readonly (PlacementIntent | null)[];
  readonly cloud: readonly ClusterKey[];
}

/** The cloud's clusters and all that an intent names or finds by label, so that a refusal can name them. */
async function toClusterKeys(known: ClusterLabels, { named, cloud }: Wanted): Promise<readonly ClusterKey[]> {
  const terms = named.flatMap((intent) => (intent === null ? [] : [...intent.allOf, ...intent.anyOf]));
  const flat = terms.flatMap(flatten);
  const byName = flat.flatMap((t) => (t.type === 'cluster' ? [`${t.provider}+${t.cluster}` as ClusterKey] : []));
  const labels = new Map(flat.flatMap((t) => (t.type === 'label' ? [[`${t.provider} ${t.label}`, t] as const] : [])));
  const byLabel = await Promise.all([...labels.values()].map((t) => known.carrying(t.provider, t.label)));
  return [...new Set([...cloud, ...byName, ...byLabel.flat()])].toSorted();
}

type SimpleTerm = Exclude<PlacementTerm, { readonly type: 'anyOf' }>;

const flatten = (term: PlacementTerm): readonly SimpleTerm[] =>
  term.type === 'anyOf' ? term.terms.flatMap(flatten) : [term];
