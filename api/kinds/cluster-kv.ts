import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { kvField, metadataField } from './fields.ts';
import { keyQuery, keyView } from './key-view.ts';

export const clusterKv = defineKind({
  kind: documentKinds.clusterKv,
  tag: 'Clusters',
  description: 'Values of a cluster, for look-ups in customisations. Sealed at rest.',
  collection: '/cluster-providers/{clusterProvider}/clusters/{cluster}/kv-pairs',
  params: ['clusterKv'],
  schema: z.object({ metadata: metadataField, spec: z.object({ kv: kvField }) }),
  example: { metadata: { name: 'gateway' }, spec: { kv: [{ address: '192.0.2.7' }, { port: '32001' }] } },
  sealed: [{ path: ['spec', 'kv'], shown: () => [], isRevealed: true }],
  listForm: 'empty',
  itemView: keyView('Cluster KV pair key value not found'),
  itemQueries: [keyQuery],
  texts: {
    object: 'cluster kv pairs',
    notFound: 'Cluster key value pair not found',
    exists: 'Cluster KV Pair already exists',
    mismatch: { status: 400, text: 'Mismatched Key Value pair name in PUT request' },
  },
});
