import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { memberAt } from '#domain/document-secrets.ts';
import { defineKind, type Draft } from '#api/engine/kind.ts';
import { HttpProblem } from '#api/engine/problem.ts';
import { metadataField } from './fields.ts';

/** The quotas that EMCO knows; it drops all others. */
const quotaNames = [
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'limits.ephemeral.storage',
  'persistentvolumeclaims',
  'pods',
  'configmaps',
  'replicationcontrollers',
  'resourcequotas',
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'secrets',
  'count/replicationcontrollers',
  'count/deployments.apps',
  'count/replicasets.apps',
  'count/statefulsets.apps',
  'count/jobs.batch',
  'count/cronjobs.batch',
  'count/deployments.extensions',
] as const;

/** Kubernetes' quantities. */
const quota = z
  .string()
  .max(64)
  .regex(/^\+?(\d+(\.\d*)?|\.\d+)(m|k|M|G|T|P|E|[KMGTPE]i|[eE][-+]?\d+)?$/)
  .optional();

export const clusterQuota = defineKind({
  kind: documentKinds.clusterQuota,
  tag: 'Logical clouds',
  description: 'Limits of a level 1 cloud on each of its clusters: a ResourceQuota in its namespace.',
  collection: '/projects/{project}/logical-clouds/{logicalCloud}/cluster-quotas',
  params: ['clusterQuota'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object(Object.fromEntries(quotaNames.map((name) => [name, quota]))),
  }),
  example: { metadata: { name: 'small' }, spec: { 'limits.cpu': '40', pods: '500' } },
  beforeWrite: refuseLevelZero,
  texts: {
    object: 'cluster quota',
    notFound: 'Cluster Quota not found',
    deleteMissing: 'Cluster Quota not found',
    exists: 'Quota already exists',
    parentMissing: 'Logical Cloud not found',
    mismatch: { status: 409, text: 'Quota name mismatch' },
  },
});

async function refuseLevelZero({ deps, parent }: Draft<unknown>): Promise<void> {
  const cloud = parent === null ? null : await deps.store.documents.find(parent);
  if (cloud === null || memberAt(cloud.body, ['spec', 'level']) !== '0') return;
  throw new HttpProblem({
    status: 400,
    code: 'document-invalid',
    text: 'Cluster Quotas not allowed for Logical Cloud Level 0',
    problems: [{ object: cloud.key, expected: 'level 1', found: 'level 0' }],
  });
}
