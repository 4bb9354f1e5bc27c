import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { metadataField, nameField, textField } from './fields.ts';
import { refuseNewReference, refuseReferenceInUse } from '#api/clouds/logical-cloud-life.ts';

export const clusterReference = defineKind({
  kind: documentKinds.clusterReference,
  tag: 'Logical clouds',
  description: 'A cluster of a logical cloud.',
  collection: '/projects/{project}/logical-clouds/{logicalCloud}/cluster-references',
  params: ['clusterReference'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      clusterProvider: nameField,
      cluster: nameField,
      loadBalancerIP: textField(128),
      certificate: textField(65_536),
    }),
  }),
  example: { metadata: { name: 'c1' }, spec: { clusterProvider: 'edge', cluster: 'c1', loadBalancerIP: '0.0.0.0' } },
  references: ({ spec: { clusterProvider, cluster } }) =>
    [toKey('/cluster-providers/{clusterProvider}/clusters/{cluster}', { clusterProvider, cluster })].filter(
      (key) => key !== null,
    ),
  beforeWrite: refuseNewReference,
  beforeRemove: refuseReferenceInUse,
  listParentMissing: 'Logical Cloud not found',
  listView: (_request, documents) => {
    if (documents.length > 0) return undefined;
    throw new HttpProblem({ status: 400, code: 'document-not-found', text: 'No Cluster References associated' });
  },
  texts: {
    object: 'cluster reference',
    notFound: 'Cluster reference not found',
    deleteMissing: 'Cluster reference not found',
    exists: 'Cluster reference already exists',
    parentMissing: 'Logical Cloud not found',
    mismatch: { status: 409, text: 'Cluster Reference mismatch' },
  },
});
