import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField } from './fields.ts';

export const clusterProvider = defineKind({
  kind: documentKinds.clusterProvider,
  tag: 'Clusters',
  description: 'A group of clusters with the sync objects that they share.',
  collection: '/cluster-providers',
  params: ['clusterProvider'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'edge' } },
  listForm: 'empty',
  texts: {
    object: 'cluster provider',
    notFound: 'Cluster provider not found',
    exists: 'ClusterProvider already exists',
  },
});
