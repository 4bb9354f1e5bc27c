/** Schemas of answers that are no documents. Written as zod, like those of the kinds. */
import { z } from 'zod';
import { groupEventTypes } from '#domain/group-event.ts';
import { groupStates } from '#domain/lifecycle.ts';
import { operationKinds } from '#domain/operation.ts';

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('All problems in one sentence'),
  instance: z.string().describe('Path of the request'),
  code: z.string().describe('One of a closed set'),
  errors: z.array(z.object({ object: z.string(), expected: z.string(), found: z.string(), detail: z.string() })),
});

const operation = z.object({
  id: z.string(),
  number: z.int().describe('Rises with every operation of the group'),
  kind: z.enum(operationKinds),
  state: z.enum(['requested', 'accepted', 'done', 'failed', 'superseded', 'refused']),
  revision: z.int().optional(),
  instance: z.string().optional(),
  toRevision: z.int().optional(),
  step: z.string().describe('The last step that ended'),
  message: z.string().describe('Why it failed'),
  requestedBy: z.string(),
  requestedAt: z.string(),
  endedAt: z.string().nullable(),
});

const counts = z.record(z.string(), z.int());

const revision = z.object({
  revision: z.int(),
  instance: z.string(),
  operation: z.string(),
  createdAt: z.string(),
  rolledBackTo: z.int().nullable(),
  verified: z.boolean().describe('Was seen running on all clusters'),
  digest: z.string(),
  counts,
});

const names = { clusterProvider: z.string(), cluster: z.string() };

const plan = revision.extend({
  namespace: z.string(),
  release: z.string(),
  lookUps: z
    .object({ digest: z.string(), urls: z.int() })
    .nullable()
    .describe('What look-ups in patch values gave, by digest; null without look-ups'),
  waves: z.array(z.object({ wave: z.int(), apps: z.array(z.object({ app: z.string() })) })),
  placement: z.array(
    z.object({ app: z.string(), clusters: z.array(z.object({ ...names, reason: z.string(), bundle: z.string() })) }),
  ),
  clusters: z.array(z.object({ ...names, delivery: z.object({ by: z.string() }), reachable: z.boolean() })),
  bundles: z.array(z.object({ app: z.string(), bundle: z.string(), clusters: z.int(), objects: z.int() })),
  controllers: z
    .array(
      z.object({
        controller: z.string(),
        intent: z.string(),
        activity: z.enum(['place', 'customise']),
        request: z.string().describe('Digest of what it was asked'),
        result: z.string().describe('Digest of what it answered'),
      }),
    )
    .optional()
    .describe("Controllers of one's own that acted, in order"),
  healthCheckExprs: z
    .array(z.object({ apiVersion: z.string(), kind: z.string(), current: z.string() }))
    .optional()
    .describe('How custom resources are judged while this plan is the newest'),
  warnings: z.array(z.object({ app: z.string(), warning: z.string() })),
});

const action = z.object({
  state: z.enum(groupStates),
  instance: z.string(),
  time: z.string(),
  revision: z.int(),
});

const groupStatus = z.looseObject({
  project: z.string(),
  compositeApp: z.string(),
  compositeAppVersion: z.string(),
  compositeProfile: z.string(),
  name: z.string(),
  states: z.object({ statusctxid: z.string(), actions: z.array(action) }).optional(),
  deployedStatus: z.string().optional(),
  readyStatus: z.string().optional(),
  deployedCounts: counts.optional(),
  readyCounts: counts.optional(),
  apps: z.array(z.unknown()).optional(),
  revision: z.int().optional().describe('Newest revision'),
  operation: operation.optional().describe('Newest operation'),
  phases: counts.optional().describe('Targets by phase'),
});

const eventPage = z.object({
  events: z.array(
    z.looseObject({
      id: z.string().describe('Give it back as `Last-Event-ID` or `since`'),
      time: z.string(),
      type: z.enum(groupEventTypes),
    }),
  ),
  next: z.string().describe('What `since` of the next page is'),
  isLast: z.boolean().describe('Nothing newer has happened'),
  isLost: z.boolean().optional().describe('What followed the position is not kept any more; all that is kept follows'),
});

const rollback = z.object({
  metadata: z.object({ description: z.string().optional() }).optional(),
  spec: z.object({ revision: z.union([z.string(), z.int()]).describe("A number, or EMCO's string of digits") }),
});

const migrate = z.object({
  metadata: z.object({ description: z.string().optional() }).optional(),
  spec: z.object({
    targetCompositeAppVersion: z.string().describe('Version of the same composite application'),
    targetDeploymentIntentGroup: z.string().describe('An Approved group there; targetDigName is taken too'),
  }),
});

export const sharedSchemas = {
  Problem: problem,
  Operation: operation,
  Revision: revision,
  Plan: plan,
  GroupStatus: groupStatus,
  EventPage: eventPage,
  Rollback: rollback,
  Migrate: migrate,
} as const;
