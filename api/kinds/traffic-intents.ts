/** EMCO's traffic intents: documents that people bring along. They are kept as they are; nothing acts on them. */
import { z } from 'zod';
import { documentKinds } from '#domain/document-kinds.ts';
import { defineKind } from '#api/engine/kind.ts';
import { groupPath } from '#api/groups/group-paths.ts';
import { metadataField, textField } from './fields.ts';

const kept = 'Kept for those who come from EMCO; nothing acts on it, and the plan says so.';
const tag = 'Traffic intents (kept only)';
const required = z.string().min(1).max(128);
const long = textField(4096);

const trafficGroups = `${groupPath}/traffic-group-intents`;
const inboundServers = `${trafficGroups}/{trafficGroupIntent}/inbound-intents`;
const inboundClients = `${inboundServers}/{inboundServerIntent}/clients`;

export const trafficGroupIntent = defineKind({
  kind: documentKinds.trafficGroupIntent,
  tag,
  description: `A set of traffic intents of a group. ${kept}`,
  collection: trafficGroups,
  params: ['trafficGroupIntent'],
  schema: z.object({ metadata: metadataField }),
  example: { metadata: { name: 'traffic' } },
  beforeWrite: async (draft) => draft.warn('traffic intents are kept; nothing acts on them'),
  texts: {
    object: 'traffic group intent',
    notFound: 'Traffic group intent not found',
    exists: 'TrafficGroupIntent already exists',
  },
});

const serverSpec = z.object({
  app: required,
  appLabel: required,
  serviceName: required,
  port: z.int().min(1).max(65_535),
  protocol: z.string().min(1).max(16),
  externalName: textField(256),
  externalSupport: z.boolean().default(false),
  serviceMesh: textField(32),
  management: z.object({ sidecarProxy: textField(32), tlsType: textField(32) }).prefault({}),
  external: z
    .object({
      externalCerts: z.object({ serviceCertificate: long, servicePrivateKey: long, caCertificate: long }).prefault({}),
    })
    .prefault({}),
  edgeCNF: textField(32),
});

const server = { app: 'web', appLabel: 'app=web', serviceName: 'web', port: 443, protocol: 'TCP' };

export const inboundServerIntent = defineKind({
  kind: documentKinds.inboundServerIntent,
  tag,
  description: `A server that others may reach. ${kept}`,
  collection: inboundServers,
  params: ['inboundServerIntent'],
  schema: z.object({ metadata: metadataField, spec: serverSpec }),
  example: { metadata: { name: 'web' }, spec: server },
  // The private key of a server is nobody's to read.
  sealed: [
    {
      path: ['spec', 'external', 'externalCerts', 'servicePrivateKey'],
      shown: () => '',
      isRevealed: false,
      restore: (incoming, present) => (incoming === '' ? present : incoming),
    },
  ],
  texts: {
    object: 'inbound server intent',
    notFound: 'Inbound server intent not found',
    exists: 'ServerInboundIntent already exists',
  },
});

export const inboundClientsIntent = defineKind({
  kind: documentKinds.inboundClientsIntent,
  tag,
  description: `Clients that may reach a server. ${kept}`,
  collection: inboundClients,
  params: ['inboundClientsIntent'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      app: required,
      appLabel: required,
      serviceName: required,
      namespaces: z.array(z.string().max(128)),
      cidrs: z.array(z.string().max(64)),
    }),
  }),
  example: {
    metadata: { name: 'shops' },
    spec: { app: 'shop', appLabel: 'app=shop', serviceName: 'shop', namespaces: [], cidrs: [] },
  },
  texts: {
    object: 'inbound clients intent',
    notFound: 'Inbound clients intent not found',
    exists: 'InboundClientsIntent already exists',
  },
});

export const inboundClientsAccessIntent = defineKind({
  kind: documentKinds.inboundClientsAccessIntent,
  tag,
  description: `What clients may do at a server. ${kept}`,
  collection: `${inboundClients}/{inboundClientsIntent}/access-points`,
  params: ['inboundClientsAccessIntent'],
  schema: z.object({
    metadata: metadataField,
    spec: z.object({
      action: textField(32),
      url: z.array(z.string().max(512)).default([]),
      access: z.array(z.string().max(16)).default([]),
    }),
  }),
  example: { metadata: { name: 'read' }, spec: { action: 'ALLOW', url: ['/api/*'], access: ['GET'] } },
  texts: {
    object: 'inbound clients access intent',
    notFound: 'Inbound clients access intent not found',
    exists: 'InboundClientsAccessIntent already exists',
  },
});
