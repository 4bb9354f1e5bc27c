import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField } from './fields.ts';

export const compositeProfile = defineKind({
  kind: documentKinds.compositeProfile,
  tag: 'Composite applications',
  description: 'A set of profiles, at most one for each app.',
  collection: '/projects/{project}/composite-apps/{compositeApp}/{compositeAppVersion}/composite-profiles',
  params: ['compositeProfile'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'small' } },
  texts: {
    object: 'composite profile',
    notFound: 'CompositeProfile not found',
    exists: 'CompositeProfile already exists',
  },
});
