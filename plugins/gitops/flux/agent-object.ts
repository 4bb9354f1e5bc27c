import { z } from 'zod';

import { Failure } from '#domain/failure.ts';
import type { JsonObject } from '#domain/json.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A Kustomization's name becomes a label of everything that it applies. */
const name = z.string().max(63).regex(label);
const duration = z.string().regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/);
const metadata = z.strictObject({
  name,
  namespace: name,
  labels: z.record(z.string(), z.string().max(63)).optional(),
});

/** What we write of `Kustomization` v1, no field more. */
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.toolkit.fluxcd.io/v1'),
  kind: z.literal('Kustomization'),
  metadata,
  spec: z.strictObject({
    deletionPolicy: z.enum(['WaitForTermination', 'Orphan']),
    force: z.literal(true).optional(),
    interval: duration,
    path: z.string().regex(/^\.\/deploy\/[^/]+\/[^/]+\/[^/]+$/),
    prune: z.boolean(),
    retryInterval: duration,
    serviceAccountName: name.optional(),
    sourceRef: z.strictObject({ kind: z.literal('GitRepository'), name }),
    timeout: duration.optional(),
    wait: z.literal(false),
  }),
});

/** What we write of `GitRepository` v1. */
const gitRepository = z.strictObject({
  apiVersion: z.literal('source.toolkit.fluxcd.io/v1'),
  kind: z.literal('GitRepository'),
  metadata,
  spec: z.strictObject({
    interval: duration,
    ref: z.strictObject({ branch: z.string().min(1) }),
    secretRef: z
      .strictObject({
        name: z
          .string()
          .max(253)
          .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
      })
      .optional(),
    sparseCheckout: z.array(z.string().min(1)).min(1),
    url: z.string().regex(/^(http|https|ssh):\/\/[^\s@]+$/),
  }),
});

const agentObject = z.discriminatedUnion('kind', [kustomization, gitRepository]);

/** One object that Flux would refuse stops every group of its cluster, so none leaves here unchecked. */
export function checkAgentObject(object: JsonObject): JsonObject {
  const checked = agentObject.safeParse(object);
  if (checked.success) return object;
  throw new Failure(
    'document-invalid',
    checked.error.issues.map((issue) => ({
      object: `Flux object ${toObjectName(object)} field ${issue.path.join('.')}`,
      expected: 'what the resource definition of Flux allows',
      found: issue.message,
    })),
  );
}

function toObjectName(object: JsonObject): string {
  const found = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) }).safeParse(object);
  return found.success ? `${found.data.kind} ${found.data.metadata.name}` : 'without kind and name';
}
