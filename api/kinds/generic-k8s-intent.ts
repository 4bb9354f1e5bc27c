import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField } from './fields.ts';
import { gacTexts, requireFields } from './gac-texts.ts';
import { groupPath } from '#api/groups/group-paths.ts';

export const genericK8sIntent = defineKind({
  kind: documentKinds.genericK8sIntent,
  tag: 'Customisation',
  description: 'A set of resources that the group adds or changes (EMCO: generic action controller).',
  collection: `${groupPath}/generic-k8s-intents`,
  params: ['genericK8sIntent'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'differences' } },
  firstChecks: requireFields([[['metadata', 'name'], 'genericK8sIntent name may not be empty']]),
  putCodes: { replaced: 200, created: 201 },
  texts: {
    ...gacTexts('genericK8sIntent'),
    mismatch: { status: 400, text: 'the intent name is not matching with the name in the request' },
  },
});
