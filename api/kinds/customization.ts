import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import type { JsonObject } from '#domain/json.ts';
import { defineKind } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { checkCustomization, checkDataFiles } from './customization-checks.ts';
import { metadataField, textField } from './fields.ts';
import { customizationExamples } from './gac-examples.ts';
import { gacTexts, requireFields } from './gac-texts.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { gacAcceptText, largestObjectBytes } from './upload-limits.ts';

const flag = z.enum(['true', 'false']);

const operation = z.object({
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: z.string().max(1024),
  value: z.unknown().refine((value) => value !== undefined, 'value is required'),
  from: z.string().max(1024).optional(),
});

const dataKeyOptions = z
  .array(
    z.object({
      fileName: z.string().max(128).describe('Base name of an uploaded file'),
      keyName: z
        .string()
        .max(253)
        .regex(/^[-._a-zA-Z0-9]+$/)
        .describe('Key in the data'),
      mergePatch: flag.optional().describe('true: the file is a strategic merge patch'),
    }),
  )
  .max(1000)
  .optional();

const options = z.object({ dataKeyOptions }).default({});

const schema = z.object({
  metadata: metadataField,
  spec: z.object({
    clusterSpecific: flag.describe('true: only the clusters of clusterInfo'),
    clusterInfo: z.object({
      scope: z.enum(['label', 'name']),
      clusterProvider: z.string().max(128),
      cluster: textField(128),
      clusterLabel: textField(128),
      mode: z.enum(['allow', 'deny']),
    }),
    patchType: z.enum(['json', 'merge', '']).optional(),
    patchJson: z.array(operation).max(10_000).optional(),
    configMapOptions: options,
    secretOptions: options,
  }),
});

export const customization = defineKind({
  kind: documentKinds.customization,
  tag: 'Customisation',
  description: 'What differs of a resource, on all clusters or on some.',
  collection: `${groupPath}/generic-k8s-intents/{genericK8sIntent}/resources/{genericResource}/customizations`,
  params: ['customization'],
  schema,
  example: customizationExamples.byLabel.body,
  examples: customizationExamples,
  firstChecks: requireFields([
    [['metadata', 'name'], 'customization name may not be empty'],
    [['spec', 'clusterSpecific'], 'cluster specific may not be empty'],
    [['spec', 'clusterInfo', 'scope'], 'scope may not be empty'],
    [['spec', 'clusterInfo', 'clusterProvider'], 'cluster provider may not be empty'],
    [['spec', 'clusterInfo', 'mode'], 'mode may not be empty'],
  ]),
  tidy: tidyCustomization,
  upload: {
    part: 'files',
    description: 'Data files of a ConfigMap or Secret, or merge patches',
    fileBytes: largestObjectBytes,
    files: 64,
    isRequired: () => false,
    keepsFiles: true,
    dropsEmptyFiles: true,
    check: checkDataFiles,
    documentPart: 'customization',
    acceptText: gacAcceptText,
  },
  references: ({ spec: { clusterInfo } }) =>
    [toKey('/cluster-providers/{clusterProvider}/clusters/{cluster}', clusterInfo)].filter((key) => key !== null),
  beforeWrite: checkCustomization,
  putCodes: { replaced: 200, created: 201 },
  texts: gacTexts('customization'),
});

/** EMCO leaves an empty patch out. */
function tidyCustomization({ metadata, spec }: z.output<typeof schema>): JsonObject {
  const { patchType = '', patchJson = [], ...rest } = spec;
  const patch = { ...(patchType === '' ? {} : { patchType }), ...(patchJson.length === 0 ? {} : { patchJson }) };
  // What the schema gave is JSON; its types only add members that are absent.
  return { metadata, spec: { ...rest, ...patch } as JsonObject };
}
