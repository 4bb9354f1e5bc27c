import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import { memberAt } from '#domain/document-secrets.ts';
import type { Json } from '#domain/json.ts';
import type { StoredDocument } from '#domain/ports/documents.ts';
import { defineKind } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { metadataField } from './fields.ts';
import { groupPath } from '#api/groups/group-paths.ts';

export const groupIntent = defineKind({
  kind: documentKinds.groupIntent,
  tag: 'Deployment intent groups',
  description: 'Names the intents that count for the group: its placement and one for each controller.',
  collection: `${groupPath}/intents`,
  params: ['groupIntent'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      intent: z
        .record(z.string().max(128), z.string().max(128), {
          error: () => 'Invalid type. Expected: object, given: null',
        })
        .describe('`genericPlacementIntent` or the name of a controller, and the name of its intent'),
    }),
  }),
  example: { metadata: { name: 'all' }, spec: { intent: { genericPlacementIntent: 'where', gac: 'differences' } } },
  references: ({ spec }) => controllersOf(Object.keys(spec.intent)),
  putCodes: { replaced: 200, created: 201 },
  listView: (_request, documents) => ({
    json: { intent: documents.length === 0 ? null : documents.map(toIntentMap) },
  }),
  slashView: ({ query }, documents) => {
    const named = documents.find((document) => memberAt(document.body, ['metadata', 'name']) === query['intent']);
    return named === undefined ? undefined : { json: named.body['spec'] ?? null };
  },
  texts: { object: 'group intent', notFound: 'Intent not found', exists: 'Intent already exists' },
});

const toIntentMap = (document: StoredDocument): Json => memberAt(document.body, ['spec', 'intent']) ?? null;

/** The placement is built in; every other name is a registered controller. */
function controllersOf(names: readonly string[]): readonly DocumentKey[] {
  return names
    .filter((name) => name !== 'genericPlacementIntent')
    .map((controller) => toKey('/controllers/{controller}', { controller }))
    .filter((key) => key !== null);
}
