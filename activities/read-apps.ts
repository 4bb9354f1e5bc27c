/** The apps of a group's composite application: chart, profile, values, dependencies, placement. */
import { documentKinds } from '#domain/document-kinds.ts';
import { Failure, type Problem } from '#domain/failure.ts';
import { type DocumentKey, type GroupKey, toGroupRef } from '#domain/group.ts';
import type { AppDependency, AppInput, PlacementIntent, PlacementTerm } from '#domain/inputs.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import type { Documents, StoredDocument } from '#domain/ports/documents.ts';
import type { ActivityDeps } from './deps.ts';
import { toIntentNames } from './intent-names.ts';
import { toName, toSpec, toText } from './read-clusters.ts';

interface GroupDocuments {
  readonly group: GroupKey;
  readonly document: StoredDocument;
  readonly intents: readonly StoredDocument[];
}

export async function readApps(deps: ActivityDeps, of: GroupDocuments): Promise<readonly AppInput[]> {
  const { documents } = deps.store;
  const { project, compositeApp, version } = toGroupRef(of.group);
  const root = `/projects/${project}/composite-apps/${compositeApp}/${version}` as DocumentKey;
  const apps = await documents.list(documentKinds.app, root);
  if (apps.length === 0) throw noApps(root);
  const profiles = await readProfiles(documents, root, toText(toSpec(of.document)['compositeProfile']));
  const placements = await readPlacements(documents, of);
  const dependencies = await documents.listOfParents(
    documentKinds.appDependency,
    apps.map((app) => app.key),
  );
  const values = toOverrideValues(of.document);
  const inputs = apps.map((app): AppInput => {
    const name = toName(app);
    return {
      name,
      chart: toFile(app, `app ${name}`),
      profile: profiles.get(name) ?? null,
      overrideValues: values.get(name) ?? {},
      dependencies: dependencies.filter((d) => d.parent === app.key).map(toDependency),
      placement: placements.get(name) ?? null,
    };
  });
  return inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const noApps = (root: DocumentKey): Failure =>
  new Failure('placement-impossible', [
    { object: `composite application ${root}`, expected: 'at least one app', found: 'none' },
  ]);

function toFile(document: StoredDocument, object: string): AppInput['chart'] {
  const file = document.files[0];
  if (file !== undefined) return file.content;
  const problem: Problem = { object, expected: 'a chart', found: 'none' };
  throw new Failure('document-not-found', [problem]);
}

async function readProfiles(
  documents: Documents,
  root: DocumentKey,
  compositeProfile: string,
): Promise<ReadonlyMap<string, AppInput['chart']>> {
  const parent = `${root}/composite-profiles/${compositeProfile}` as DocumentKey;
  const profiles = await documents.list(documentKinds.appProfile, parent);
  return new Map(profiles.map((p) => [toText(toSpec(p)['app']), toFile(p, `profile ${toName(p)}`)]));
}

async function readPlacements(
  documents: Documents,
  { group, intents }: GroupDocuments,
): Promise<ReadonlyMap<string, PlacementIntent>> {
  const [name] = toIntentNames(intents, (key) => key === 'genericPlacementIntent');
  if (name === undefined) {
    const problem = {
      object: `group ${group}`,
      expected: 'an intent with the key genericPlacementIntent',
      found: 'none',
    };
    throw new Failure('placement-impossible', [problem]);
  }
  const parent = `${group}/generic-placement-intents/${name}` as DocumentKey;
  const appIntents = await documents.list(documentKinds.appIntent, parent);
  return new Map(
    appIntents.map((intent) => [toText(toSpec(intent)['app']), toPlacementIntent(toSpec(intent)['intent'])]),
  );
}

function toPlacementIntent(intent: Json | undefined): PlacementIntent {
  const members = isJsonObject(intent) ? intent : {};
  return { allOf: toTerms(members['allOf']), anyOf: toTerms(members['anyOf']) };
}

const toTerms = (list: Json | undefined): readonly PlacementTerm[] =>
  Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject).map(toTerm) : [];

function toTerm(element: JsonObject): PlacementTerm {
  if (Array.isArray(element['anyOf'])) return { type: 'anyOf', terms: toTerms(element['anyOf']) };
  const provider = toText(element['clusterProvider']);
  const cluster = toText(element['cluster']);
  if (cluster !== '') return { type: 'cluster', provider, cluster };
  return { type: 'label', provider, label: toText(element['clusterLabel']) };
}

function toDependency(document: StoredDocument): AppDependency {
  const spec = toSpec(document);
  const opStatus = toText(spec['opStatus']).toLowerCase() === 'ready' ? 'Ready' : 'Deployed';
  return { app: toText(spec['app']), opStatus, waitSeconds: Number(spec['wait'] ?? 0) };
}

function toOverrideValues(document: StoredDocument): ReadonlyMap<string, Record<string, string>> {
  const list = toSpec(document)['overrideValues'];
  const elements = Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : [];
  return new Map(
    elements.map((element) => {
      const values = isJsonObject(element['values']) ? element['values'] : {};
      return [toText(element['app']), Object.fromEntries(Object.entries(values).map(([k, v]) => [k, toText(v)]))];
    }),
  );
}
