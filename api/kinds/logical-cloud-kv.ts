import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { kvField, metadataField } from './fields.ts';

export const logicalCloudKv = defineKind({
  kind: documentKinds.logicalCloudKv,
  tag: 'Logical clouds',
  description: 'Values of a logical cloud. Sealed at rest.',
  collection: '/projects/{project}/logical-clouds/{logicalCloud}/kv-pairs',
  params: ['logicalCloudKv'],
  schema: z.object({ metadata: metadataField, spec: z.object({ kv: kvField }) }),
  example: { metadata: { name: 'contact' }, spec: { kv: [{ team: 'web' }] } },
  sealed: [{ path: ['spec', 'kv'], shown: () => [], isRevealed: true }],
  texts: {
    object: 'logical cloud kv pairs',
    notFound: 'Key Value not found',
    deleteMissing: 'Key Value not found',
    exists: 'Key Value already exists',
    parentMissing: 'Logical Cloud not found',
    mismatch: { status: 409, text: 'KV pair name mismatch' },
  },
});
