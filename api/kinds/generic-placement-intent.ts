import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField } from './fields.ts';
import { groupPath } from '#api/groups/group-paths.ts';

export const genericPlacementIntent = defineKind({
  kind: documentKinds.genericPlacementIntent,
  tag: 'Deployment intent groups',
  description: 'A set of app intents: where the apps of the group may run.',
  collection: `${groupPath}/generic-placement-intents`,
  params: ['genericPlacementIntent'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'where' } },
  putCodes: { replaced: 200, created: 201 },
  texts: { object: 'generic placement intent', notFound: 'Intent not found', exists: 'Intent already exists' },
});
