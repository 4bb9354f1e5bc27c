import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField, textField } from './fields.ts';
import { endGroup } from '#api/groups/group-life.ts';
import { refuseOtherCloud, removeCloudLife } from '#api/clouds/logical-cloud-life.ts';

export const logicalCloud = defineKind({
  kind: documentKinds.logicalCloud,
  tag: 'Logical clouds',
  description:
    'The clusters that a project may use. Level 0 uses them as they are; level 1 gives its groups a namespace, quotas and a user of their own.',
  collection: '/projects/{project}/logical-clouds',
  params: ['logicalCloud'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      namespace: textField(128).describe('Namespace of the groups; empty: default'),
      labels: z.record(z.string().max(316), z.string().max(63)).nullable().default(null),
      level: z.string().max(2).default('1').describe('0: admin, 1: with a namespace and user of its own'),
      user: z.object({ userName: textField(20), type: textField(64) }).default({ userName: '', type: '' }),
    }),
  }),
  tidy: ({ metadata, spec }) => ({ metadata, spec: { ...spec, level: spec.level === '' ? '1' : spec.level } }),
  example: { metadata: { name: 'edge' }, spec: { level: '0' } },
  putCreates: false,
  beforeWrite: refuseOtherCloud,
  beforeRemove: removeCloudLife,
  afterRemove: endGroup,
  texts: {
    object: 'logical cloud',
    notFound: 'Logical Cloud not found',
    deleteMissing: 'Logical Cloud not found',
    exists: 'Logical Cloud already exists',
    parentMissing: 'Project not found',
    mismatch: { status: 409, text: 'Logical Cloud name mismatch' },
    empty: 'EOF',
  },
});
