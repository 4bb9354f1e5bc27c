import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField } from './fields.ts';

export const project = defineKind({
  kind: documentKinds.project,
  tag: 'Projects',
  description: 'A tenant: composite applications and logical clouds live below it.',
  collection: '/projects',
  params: ['project'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'shop', description: 'Web shop' } },
  putCodes: { replaced: 200, created: 200 },
  texts: {
    object: 'project',
    notFound: 'Project not found',
    deleteMissing: 'Project not found',
    exists: 'Project already exists',
  },
});
