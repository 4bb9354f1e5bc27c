import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { DocumentKey } from '#domain/group.ts';
import { defineKind, type PathNames } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { metadataField, nameField } from './fields.ts';
import { healthCheckExprsField, refuseBadHealthChecks } from './health-check-exprs.ts';
import { beginGroup, endGroup, refuseRunningGroup, refuseUnlessCreated } from '#api/groups/group-life.ts';
import { groupsPath, versionPath } from '#api/groups/group-paths.ts';

const overrideValues = z
  .array(z.object({ app: nameField, values: z.record(z.string(), z.string().max(4096)).default({}) }))
  .max(1000)
  .describe("Helm's `--set` strings by app; they win over the profile");

export const deploymentIntentGroup = defineKind({
  kind: documentKinds.deploymentIntentGroup,
  tag: 'Deployment intent groups',
  description: 'One deployment of a composite application: which profile, which logical cloud, which values.',
  collection: groupsPath,
  params: ['deploymentIntentGroup'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      compositeProfile: nameField,
      version: nameField.describe('Helm release name'),
      overrideValues,
      logicalCloud: nameField,
      healthCheckExprs: healthCheckExprsField,
    }),
  }),
  example: {
    metadata: { name: 'shop-eu' },
    spec: {
      compositeProfile: 'small',
      version: 'shop',
      overrideValues: [{ app: 'web', values: { replicas: '2' } }],
      logicalCloud: 'edge',
    },
  },
  sealed: [{ path: ['spec', 'overrideValues'], shown: () => [], isRevealed: true }],
  references: ({ spec }, names) => groupReferences(spec, names),
  putCodes: { replaced: 200, created: 201 },
  listParentMissing: 'CompositeApp not found',
  beforeWrite: async (draft) => {
    await refuseUnlessCreated(draft);
    await refuseBadHealthChecks(draft);
  },
  afterWrite: beginGroup,
  beforeRemove: refuseRunningGroup,
  afterRemove: endGroup,
  texts: {
    object: 'deployment intent group',
    notFound: 'DeploymentIntentGroup not found',
    exists: 'Intent already exists',
  },
});

function groupReferences(
  spec: { readonly compositeProfile: string; readonly logicalCloud: string },
  names: PathNames,
): readonly DocumentKey[] {
  const { compositeProfile, logicalCloud } = spec;
  return [
    toKey(`${versionPath}/composite-profiles/{compositeProfile}`, { ...names, compositeProfile }),
    toKey('/projects/{project}/logical-clouds/{logicalCloud}', { ...names, logicalCloud }),
  ].filter((key) => key !== null);
}
