import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { toKey } from '#api/engine/paths.ts';
import { metadataField } from './fields.ts';
import { resourceExamples } from './gac-examples.ts';
import { gacTexts, requireFields } from './gac-texts.ts';
import { groupPath, versionPath } from '#api/groups/group-paths.ts';
import { checkTemplate } from './template-file.ts';
import { gacAcceptText, largestObjectBytes } from './upload-limits.ts';

const text = z.string().max(128);

const schema = z.object({
  metadata: metadataField,
  spec: z.object({
    app: text.describe('The app that the resource belongs to'),
    newObject: z.enum(['true', 'false']).describe("true: add an object; false: change one of the chart's"),
    resourceGVK: z.object({ apiVersion: text, kind: text, name: text }),
  }),
});

export const genericResource = defineKind({
  kind: documentKinds.genericResource,
  tag: 'Customisation',
  description: 'One Kubernetes object that is added, or one of the chart that is changed.',
  collection: `${groupPath}/generic-k8s-intents/{genericK8sIntent}/resources`,
  params: ['genericResource'],
  schema,
  example: resourceExamples.withoutTemplate.body,
  examples: resourceExamples,
  firstChecks: requireFields([
    [['metadata', 'name'], 'resource name may not be empty'],
    [['spec', 'app'], 'app may not be empty'],
    [['spec', 'newObject'], 'newObject may not be empty'],
    [['spec', 'resourceGVK', 'apiVersion'], 'apiVersion may not be empty'],
    [['spec', 'resourceGVK', 'kind'], 'kind may not be empty'],
    [['spec', 'resourceGVK', 'name'], 'name may not be empty'],
  ]),
  upload: {
    part: 'file',
    description: 'Template: one Kubernetes object as YAML or JSON. ConfigMaps and Secrets need none',
    fileBytes: largestObjectBytes,
    files: 1,
    isRequired: ({ spec }) => spec.newObject === 'true' && !/^(configmap|secret)$/i.test(spec.resourceGVK.kind),
    missingText: 'the provided file field name is not present in the request or not a file field',
    keepsFiles: true,
    dropsEmptyFiles: true,
    check: checkTemplate,
    documentPart: 'resource',
    answerName: 'resourceTemplate',
    acceptText: gacAcceptText,
  },
  references: ({ spec }, names) =>
    [toKey(`${versionPath}/apps/{app}`, { ...names, app: spec.app })].filter((key) => key !== null),
  putCodes: { replaced: 200, created: 201 },
  texts: gacTexts('resource'),
});
