/** The contract with controllers of one's own, version `controllers.emco/v1`; published in `/openapi.json` and docs/reference. */
import { z } from 'zod';
import { exchangeVersion, type PlaceResult } from '#domain/exchange.ts';
import { operationKinds } from '#domain/operation.ts';

const text = (longest: number) => z.string().max(longest);
const name = z.string().min(1).max(253);
const app = name.describe('Name of an app');
const cluster = name.describe('`provider+cluster`');

const apiVersion = z.literal(exchangeVersion);

const head = {
  apiVersion,
  controller: z.string().describe("The controller's name, as it is registered"),
  intent: z.string().describe("What the group's intents say beside the controller's name; yours to interpret"),
  group: z.object({
    project: z.string(),
    compositeApp: z.string(),
    compositeAppVersion: z.string(),
    deploymentIntentGroup: z.string(),
  }),
  operation: z.object({
    id: z.string(),
    number: z.int().describe('Rises with every operation of the group'),
    kind: z.enum(operationKinds),
  }),
  revision: z.int().describe('The revision that the plan will be; 0 in a migration, where the target gives it'),
};

export const controllerCall = z
  .object({
    ...head,
    kind: z.literal('ControllerCall'),
    exchange: z.string().describe('GET <exchange>/request, PUT <exchange>/result'),
  })
  .describe('Input of the activities `place` and `customise`; they return {"digest": …}');

const requestBody = {
  ...head,
  logicalCloud: z.object({ name: z.string(), namespace: z.string() }),
  clusters: z.array(
    z.object({
      cluster,
      labels: z.array(z.string()),
      kv: z
        .record(z.string(), z.record(z.string(), z.string()))
        .describe("The cluster's kv-pairs: values by name of the document and key"),
    }),
  ),
};

const kubernetesObject = z
  .looseObject({
    apiVersion: z.string().min(1),
    kind: z.string().min(1),
    metadata: z.looseObject({ name, namespace: text(63).optional() }),
  })
  .refine(({ kind }) => kind !== 'List', { message: 'single objects instead of a List', path: ['kind'] })
  .describe('A Kubernetes object');

export const placeRequest = z.object({
  ...requestBody,
  kind: z.literal('PlaceRequest'),
  apps: z.array(
    z.object({
      app,
      allOf: z.array(cluster).describe('Each of them gets the app unless a controller leaves it out'),
      anyOf: z
        .array(z.array(cluster))
        .describe('Of each group one gets the app; of several that remain the first by key'),
    }),
  ),
});

const warnings = z
  .array(z.strictObject({ app, warning: text(500) }))
  .max(1000)
  .optional()
  .describe('Shown in the plan');

export const placeResult = z.strictObject({
  apiVersion,
  kind: z.literal('PlaceResult'),
  apps: z
    .array(z.strictObject({ app, clusters: z.array(z.strictObject({ cluster, reason: text(500) })) }))
    .describe('The clusters that remain, each with a reason; an app that is not named stays as it is'),
  warnings,
}) satisfies z.ZodType<PlaceResult>;

export const customiseRequest = z.object({
  ...requestBody,
  kind: z.literal('CustomiseRequest'),
  release: z.string().describe('Name of the Helm release'),
  objects: z.array(kubernetesObject).describe('Every distinct object once'),
  apps: z.array(
    z.object({
      app,
      variants: z
        .array(
          z.object({ clusters: z.array(cluster), objects: z.array(z.int()).describe('Places in `objects`, from 0') }),
        )
        .describe('Clusters that have the same objects stand together'),
    }),
  ),
});

const objectReference = z.strictObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  name,
  namespace: text(63).optional().describe("Absent: the logical cloud's"),
});

export const customiseResult = z.strictObject({
  apiVersion,
  kind: z.literal('CustomiseResult'),
  changes: z
    .array(
      z.strictObject({
        app,
        clusters: z.array(cluster).optional().describe('Absent: all clusters of the app'),
        put: z
          .array(kubernetesObject)
          .optional()
          .describe('Each takes the place of the object of its kind, namespace and name, or is added'),
        remove: z.array(objectReference).optional(),
      }),
    )
    .max(20_000)
    .describe('In order; whatever no change names stays as it is'),
  warnings,
});

/** What a PUT answers and what the activity returns. */
export const resultDigest = z.object({ digest: z.string().describe('64 hex digits') });

/** By their names in the OpenAPI document. */
export const exchangeSchemas = {
  ControllerCall: controllerCall,
  PlaceRequest: placeRequest,
  PlaceResult: placeResult,
  CustomiseRequest: customiseRequest,
  CustomiseResult: customiseResult,
  ResultDigest: resultDigest,
} as const;
