import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { metadataField, nameField } from './fields.ts';
import { refuseCycle } from './refuse-cycle.ts';

const opStatusPattern = /^([Rr][Ee][Aa][Dd][Yy]|[Dd][Ee][Pp][Ll][Oo][Yy][Ee][Dd])$/;

export const appDependency = defineKind({
  kind: documentKinds.appDependency,
  tag: 'Composite applications',
  description:
    'The app waits until another app is Deployed or Ready on all its clusters, and then some seconds more. A dependency that closes a circle is refused.',
  collection: '/projects/{project}/composite-apps/{compositeApp}/{compositeAppVersion}/apps/{app}/dependency',
  params: ['dependency'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      app: nameField.describe('The app to wait for; must exist when the group is instantiated'),
      opStatus: z.string().regex(opStatusPattern).describe('Ready or Deployed, in any case'),
      wait: z.int().min(0).max(4096).default(0).describe('Seconds to wait after that'),
    }),
  }),
  // EMCO leaves `wait` out when it is 0.
  tidy: ({ metadata, spec: { wait, ...spec } }) => ({ metadata, spec: wait === 0 ? spec : { ...spec, wait } }),
  example: { metadata: { name: 'after-db' }, spec: { app: 'db', opStatus: 'Ready', wait: 2 } },
  listForm: 'empty',
  beforeWrite: refuseCycle,
  texts: {
    object: 'app dependency',
    notFound: 'AppDependency not found',
    deleteMissing: 'AppDependency not found',
    exists: 'AppDependency already exists',
    undecodable: 'Invalid Body',
  },
});
