import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { checkChart } from './chart-file.ts';
import { metadataField } from './fields.ts';
import { acceptText, largestArchiveBytes } from './upload-limits.ts';

export const app = defineKind({
  kind: documentKinds.app,
  tag: 'Composite applications',
  description: 'One Helm chart of a composite application. The folder in the chart archive may have any name.',
  collection: '/projects/{project}/composite-apps/{compositeApp}/{compositeAppVersion}/apps',
  params: ['app'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'web' } },
  upload: {
    part: 'file',
    description: 'Helm chart as tar.gz with one folder that holds Chart.yaml',
    fileBytes: largestArchiveBytes,
    files: 1,
    isRequired: () => true,
    keepsFiles: false,
    check: checkChart,
    documentPart: 'metadata',
    answerName: 'fileContent',
    acceptText,
  },
  texts: { object: 'app', notFound: 'App not found', exists: 'App already exists' },
});
