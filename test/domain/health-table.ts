import { describe, expect, it } from 'vitest';
import { toResourceHealth } from '#domain/health.ts';
import type { Json, JsonObject } from '#domain/json.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { ResourceStatus } from '#domain/status.ts';

/** One row: the parts of an object and the verdict that they shall give. */
export interface Case {
  readonly when: string;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly metadata?: JsonObject;
  readonly gives: ResourceStatus;
  readonly saying: string;
}

/** The controller has seen generation 2, which every object of a table has. */
export const seen = { observedGeneration: 2 };

export const cond = (type: string, status: string, more: { reason?: string; message?: string } = {}): JsonObject => ({
  type,
  status,
  reason: more.reason ?? '',
  message: more.message ?? '',
});

function healthOf(apiKind: string, parts: Omit<Case, 'when' | 'gives' | 'saying'>) {
  const [group = '', kind = ''] = apiKind.split('/');
  const identity: ObjectIdentity = { group, version: 'v1', kind, namespace: 'shop', name: 'web' };
  const object: Record<string, Json> = { kind, metadata: { name: 'web', generation: 2, ...parts.metadata } };
  if (parts.spec !== undefined) object['spec'] = parts.spec;
  if (parts.status !== undefined) object['status'] = parts.status;
  return toResourceHealth(object, identity);
}

/** A test for every row, named after it. */
export function table(apiKind: string, cases: readonly Case[]): void {
  describe(`health of ${apiKind}`, () => {
    it.each(cases)('is $gives when $when', ({ gives, saying, ...parts }) => {
      const { status, message } = healthOf(apiKind, parts);
      expect({ status, message }).toEqual({ status: gives, message: saying });
    });
  });
}
