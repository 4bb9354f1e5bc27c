import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { nameField } from './fields.ts';

export const clusterLabel = defineKind({
  kind: documentKinds.clusterLabel,
  tag: 'Clusters',
  description: 'A label of a cluster, for placement and for customisation.',
  collection: '/cluster-providers/{clusterProvider}/clusters/{cluster}/labels',
  params: ['clusterLabel'],
  identify: (body) => [body.clusterLabel],
  schema: z.object({ clusterLabel: nameField }),
  example: { clusterLabel: 'eu' },
  listForm: 'empty',
  texts: {
    object: 'cluster label',
    notFound: 'Cluster label not found',
    exists: 'Cluster Label already exists',
    mismatch: { status: 400, text: 'Mismatched label name in PUT request' },
  },
});
