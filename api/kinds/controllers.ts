import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { checkController } from './controller-checks.ts';
import { metadataField, textField } from './fields.ts';

const port = z.int().min(0).max(50_000).default(0);
const priority = z.int().min(0).max(100).default(0).describe('1 is called first');

const spec = z.object({
  host: textField(128).describe("EMCO's gRPC address; kept, not called"),
  port,
  type: textField(48).describe('placement or action'),
  priority,
});

const seconds = z.int().min(1).max(3600).optional();

const ownSpec = spec.extend({
  taskQueue: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][-A-Za-z0-9._/]*$/)
    .optional()
    .describe("Temporal task queue of a worker with the activity `place` or `customise`: a controller of one's own"),
  startWithinSeconds: seconds.describe('How long a call waits for a worker; 60 by default'),
  timeoutSeconds: seconds.describe('How long one attempt may take; 300 by default'),
  attempts: z.int().min(1).max(20).optional().describe('5 by default'),
});

const texts = { object: 'controller', notFound: 'Controller not found', exists: 'Controller already exists' };

export const controller = defineKind({
  kind: documentKinds.controller,
  tag: 'Controllers',
  description:
    "Placement and action controllers. One with a task queue is called as a Temporal activity when a group's intents name " +
    'it, in ascending priority; gac is built in, and its registration only says its priority. A group that names one with ' +
    'host and port only, which is not built in, cannot be instantiated.',
  collection: '/controllers',
  params: ['controller'],
  schema: z.object({ metadata: metadataField, spec: ownSpec }),
  beforeWrite: async ({ body }) => checkController(body),
  example: {
    metadata: { name: 'capacity' },
    spec: { type: 'placement', priority: 10, taskQueue: 'capacity', timeoutSeconds: 60 },
  },
  texts,
});

export const dtcController = defineKind({
  kind: documentKinds.dtcController,
  tag: 'Controllers',
  description: "Sub-controllers of EMCO's traffic controller. Kept, not called.",
  collection: '/dtc-controllers',
  params: ['controller'],
  schema: z.object({ metadata: metadataField, spec }),
  example: { metadata: { name: 'nps' }, spec: { host: 'nps', port: 9038, type: 'action', priority: 1 } },
  texts,
});

export const clmController = defineKind({
  kind: documentKinds.clmController,
  tag: 'Controllers',
  description: 'Controllers that EMCO tells of new clusters. Kept, not called.',
  collection: '/clm-controllers',
  params: ['controller'],
  schema: z.object({ metadata: metadataField, spec: z.object({ host: textField(128), port, priority }) }),
  // EMCO leaves zero values out.
  tidy: ({ metadata, spec }) => ({
    metadata,
    spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== 0 && value !== '')),
  }),
  example: { metadata: { name: 'hpa' }, spec: { host: 'hpa', port: 9099, priority: 1 } },
  putCodes: { replaced: 200, created: 200 },
  texts: { object: 'clm controller', notFound: 'ClmController not found', exists: 'ClmController already exists' },
});
