import { z } from 'zod';
import { type DocumentKind, documentKinds } from '#domain/document-kinds.ts';
import { defineKind, type Kind } from '#api/engine/kind.ts';
import { metadataField, textField } from './fields.ts';

const port = z.int().min(0).max(50_000).default(0);
const priority = z.int().min(0).max(100).default(0).describe('1 is called first');

const spec = z.object({
  host: textField(128),
  port,
  type: textField(48).describe('placement or action'),
  priority,
});

interface Registry {
  readonly kind: DocumentKind;
  readonly collection: string;
  readonly description: string;
  readonly word: string;
}

const defineController = ({ kind, collection, description, word }: Registry): Kind =>
  defineKind({
    kind,
    tag: 'Controllers',
    description,
    collection,
    params: ['controller'],
    schema: z.object({ metadata: metadataField, spec }),
    example: { metadata: { name: 'gac' }, spec: { host: 'gac', port: 9033, type: 'action', priority: 1 } },
    texts: { object: 'controller', notFound: `${word} not found`, exists: `${word} already exists` },
  });

export const controller = defineController({
  kind: documentKinds.controller,
  collection: '/controllers',
  description: 'Placement and action controllers. gac is built in; its registration is kept for scripts.',
  word: 'Controller',
});

export const dtcController = defineController({
  kind: documentKinds.dtcController,
  collection: '/dtc-controllers',
  description: "Sub-controllers of EMCO's traffic controller. Kept, not called.",
  word: 'Controller',
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
