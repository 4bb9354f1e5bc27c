import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField, nameField } from './fields.ts';
import { healthCheckExprsField, refuseBadHealthChecks } from './health-check-exprs.ts';

export const compositeApp = defineKind({
  kind: documentKinds.compositeApp,
  tag: 'Composite applications',
  description: 'Several apps that are deployed together, in one version.',
  collection: '/projects/{project}/composite-apps',
  params: ['compositeApp', 'compositeAppVersion'],
  identify: (body) => [body.metadata.name, body.spec.compositeAppVersion],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      compositeAppVersion: nameField.describe('Version, part of every path below'),
      healthCheckExprs: healthCheckExprsField,
    }),
  }),
  example: { metadata: { name: 'shop' }, spec: { compositeAppVersion: 'v1' } },
  beforeWrite: refuseBadHealthChecks,
  listParentMissing: 'Project not found',
  texts: { object: 'composite app', notFound: 'App not found', exists: 'App already exists' },
});
