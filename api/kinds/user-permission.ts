import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField, textField } from './fields.ts';

const words = z.array(z.string().max(256)).max(1000).nullable().default(null);

export const userPermission = defineKind({
  kind: documentKinds.userPermission,
  tag: 'Logical clouds',
  description:
    'What the user of a level 1 cloud, and so its groups, may do in a namespace or, where it is empty, on the whole cluster.',
  collection: '/projects/{project}/logical-clouds/{logicalCloud}/user-permissions',
  params: ['userPermission'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({ namespace: textField(128), apiGroups: words, resources: words, verbs: words }),
  }),
  example: {
    metadata: { name: 'read' },
    spec: { namespace: 'shop', apiGroups: ['', 'apps'], resources: ['pods'], verbs: ['get', 'list'] },
  },
  texts: {
    object: 'user permission',
    notFound: 'User Permission not found',
    deleteMissing: 'User Permission not found',
    exists: 'User Permission already exists',
    parentMissing: 'Logical Cloud not found',
    mismatch: { status: 409, text: 'Permission name mismatch' },
  },
});
