/** What can be said of a group's documents at once, so that mistakes stand in the answer and not in a later status. */
import { documentKinds } from '#domain/document-kinds.ts';
import { orderControllers, toNamedControllers, toRegistrationKeys, toRegistrations } from '#domain/controllers.ts';
import { type Problem, toSentence } from '#domain/failure.ts';
import { type DocumentKey, type GroupKey, toGroupRef } from '#domain/group.ts';
import { memberAt, textAt } from '#domain/document-secrets.ts';
import { isJsonObject } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { orderApps } from '#domain/waves.ts';
import type { ApiDeps } from '#api/deps.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { toCycleText } from '#api/kinds/refuse-cycle.ts';
import { checkCloud } from './check-cloud.ts';
import { checkPlacements } from './check-placements.ts';
import type { FoundGroup } from '#api/groups/find-group.ts';

/** In EMCO's order: logical cloud, placement intent, dependencies, placements. @throws HttpProblem */
export async function checkIntents(deps: ApiDeps, { group, document }: FoundGroup): Promise<void> {
  const clusters = await checkCloud(deps, group, specText(document, 'logicalCloud'));
  const intents = await readIntentNames(deps, group);
  const placement = await findIntent(deps, group, {
    name: intents.get('genericPlacementIntent'),
    folder: 'generic-placement-intents',
  });
  if (placement === null) throw noPlacement(group, intents.get('genericPlacementIntent'));
  await checkGac(deps, group, intents.get('gac'));
  await checkControllers(deps, group);
  await checkProfile(deps, group, specText(document, 'compositeProfile'));
  const apps = await checkApps(deps, group);
  const appIntents = await deps.store.documents.list(documentKinds.appIntent, placement.key);
  checkPlacements({ group, apps, appIntents, clusters });
}

const specText = (document: StoredDocument, name: string): string => textAt(document.body, ['spec', name]);

/** The first value of each key over all intents of the group, as EMCO looks for it. */
async function readIntentNames(deps: ApiDeps, group: GroupKey): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const document of await deps.store.documents.list(documentKinds.groupIntent, group)) {
    const intent = memberAt(document.body, ['spec', 'intent']);
    for (const [key, value] of Object.entries(isJsonObject(intent) ? intent : {})) {
      if (!names.has(key) && typeof value === 'string') names.set(key, value);
    }
  }
  return names;
}

interface WantedIntent {
  readonly name: string | undefined;
  readonly folder: 'generic-placement-intents' | 'generic-k8s-intents';
}

async function findIntent(deps: ApiDeps, group: GroupKey, wanted: WantedIntent): Promise<StoredDocument | null> {
  if (wanted.name === undefined) return null;
  // Children's keys are the parent's and their path.
  return deps.store.documents.find(`${group}/${wanted.folder}/${wanted.name}` as DocumentKey);
}

function noPlacement(group: GroupKey, name: string | undefined): HttpProblem {
  const expected = 'an intent with the key genericPlacementIntent that names a generic-placement-intent';
  const problems = [{ object: group, expected, found: name ?? 'none' }];
  return new HttpProblem({ status: 404, code: 'document-not-found', text: 'Intent not found', problems });
}

async function checkGac(deps: ApiDeps, group: GroupKey, name: string | undefined): Promise<void> {
  if (name === undefined || (await findIntent(deps, group, { name, folder: 'generic-k8s-intents' })) !== null) return;
  throw missingReference('genericK8sIntent not found', {
    object: group,
    expected: `the generic-k8s-intent ${name} that its intents name`,
    found: 'none',
  });
}

/** @throws HttpProblem for a controller that nobody can call */
async function checkControllers(deps: ApiDeps, group: GroupKey): Promise<void> {
  const { documents } = deps.store;
  const named = toNamedControllers(await documents.list(documentKinds.groupIntent, group));
  const registrations = toRegistrations((await documents.findMany(toRegistrationKeys(named))).values());
  const generic = await documents.list(documentKinds.genericK8sIntent, group);
  const builtInIntents = new Set(generic.map(({ body }) => textAt(body, ['metadata', 'name'])));
  const ordered = orderControllers({ named, registrations, builtIn: 'gac', builtInIntents });
  if (ordered.ok) return;
  const text = `A controller of the group can't be called: ${ordered.problems.map(toSentence).join('; ')}`;
  throw new HttpProblem({ status: 400, code: ordered.code, text, problems: ordered.problems });
}

async function checkProfile(deps: ApiDeps, group: GroupKey, name: string): Promise<void> {
  const key = `${toVersionKey(group)}/composite-profiles/${name}` as DocumentKey;
  if ((await deps.store.documents.find(key)) !== null) return;
  throw missingReference('CompositeProfile not found', {
    object: group,
    expected: `the composite profile ${name}`,
    found: 'none',
  });
}

const missingReference = (text: string, problem: Problem): HttpProblem =>
  new HttpProblem({ status: 400, code: 'reference-not-found', text, problems: [problem] });

function toVersionKey(group: GroupKey): DocumentKey {
  const { project, compositeApp, version } = toGroupRef(group);
  return `/projects/${project}/composite-apps/${compositeApp}/${version}` as DocumentKey;
}

async function checkApps(deps: ApiDeps, group: GroupKey): Promise<readonly string[]> {
  const { documents } = deps.store;
  const apps = await documents.list(documentKinds.app, toVersionKey(group));
  const dependencies = await documents.listOfParents(
    documentKinds.appDependency,
    apps.map((app) => app.key),
  );
  const names = apps.map((app) => textAt(app.body, ['metadata', 'name']));
  const ordered = orderApps(
    apps.map((app, index) => ({
      name: names[index] ?? '',
      dependencies: dependencies
        .filter(({ parent }) => parent === app.key)
        .map((each) => ({ app: specText(each, 'app') })),
    })),
  );
  if (ordered.ok) return names;
  const text = toCycleText(toGroupRef(group).compositeApp);
  throw new HttpProblem({
    status: 400,
    code: ordered.code,
    text: ordered.code === 'document-invalid' ? text : 'A dependency names an app that does not exist',
    problems: ordered.problems,
  });
}
