import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import { memberAt } from '#domain/document-secrets.ts';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.ts';
import { defineKind, type PathNames, type View, type ViewRequest } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { checkAppIntent } from './app-intent-checks.ts';
import { metadataField, nameField } from './fields.ts';
import { groupPath, versionPath } from '#api/groups/group-paths.ts';

const place = {
  clusterProvider: nameField.optional(),
  cluster: nameField.optional().describe('One cluster of the provider'),
  clusterLabel: nameField.optional().describe('All clusters of the provider that carry the label'),
};

const terms = z
  .array(z.object({ ...place, anyOf: z.array(z.object(place)).max(1000).optional() }))
  .max(1000)
  .optional();

export const appIntent = defineKind({
  kind: documentKinds.appIntent,
  tag: 'Deployment intent groups',
  description: 'Where one app runs: on all of `allOf`, and on one of each `anyOf`.',
  collection: `${groupPath}/generic-placement-intents/{genericPlacementIntent}/app-intents`,
  params: ['genericAppPlacementIntent'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({ app: nameField, intent: z.object({ allOf: terms, anyOf: terms }) }),
  }),
  example: {
    metadata: { name: 'web-where' },
    spec: { app: 'web', intent: { allOf: [{ clusterProvider: 'edge', clusterLabel: 'eu' }] } },
  },
  firstChecks: checkAppIntent,
  tidy: ({ metadata, spec }) => ({
    metadata: withoutEmpty(metadata),
    // What the schema gave holds JSON only; members that are not there are left out.
    spec: { app: spec.app, intent: withoutEmpty(spec.intent as JsonObject) },
  }),
  references: ({ spec }, names) => intentReferences(spec, names),
  putCodes: { replaced: 200, created: 201 },
  slashView: findByApp,
  texts: { object: 'app intent', notFound: 'Intent not found', exists: 'Intent already exists' },
});

const isEmpty = (value: Json): boolean => value === '' || (Array.isArray(value) && value.length === 0);

const withoutEmpty = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)));

interface Place {
  readonly clusterProvider?: string | undefined;
  readonly cluster?: string | undefined;
  readonly anyOf?: readonly Place[] | undefined;
}

interface Placement {
  readonly app: string;
  readonly intent: { readonly allOf?: readonly Place[] | undefined; readonly anyOf?: readonly Place[] | undefined };
}

/** The app and every cluster named; labels are no references. */
function intentReferences({ app, intent }: Placement, names: PathNames): readonly DocumentKey[] {
  const places = [...(intent.allOf ?? []), ...(intent.anyOf ?? [])].flatMap((term) => [term, ...(term.anyOf ?? [])]);
  const clusters = places.map(({ clusterProvider = '', cluster = '' }) =>
    toKey('/cluster-providers/{clusterProvider}/clusters/{cluster}', { clusterProvider, cluster }),
  );
  return [toKey(`${versionPath}/apps/{app}`, { ...names, app }), ...clusters].filter((key) => key !== null);
}

/** EMCO's odd route: `app-intents/?app=x&app-name=x` answers the spec. */
function findByApp({ query }: ViewRequest, documents: readonly StoredDocument[]): View {
  const { app, 'app-name': appName } = query;
  if (typeof app !== 'string') return undefined;
  if (typeof appName !== 'string' || appName === '') {
    throw new HttpProblem({ status: 400, code: 'document-invalid', text: 'Missing appName in GET request' });
  }
  const found = documents.find((document) => memberAt(document.body, ['spec', 'app']) === appName);
  const spec = found?.body['spec'];
  if (isJsonObject(spec)) return { json: spec };
  throw new HttpProblem({ status: 404, code: 'document-not-found', text: 'Intent not found' });
}
