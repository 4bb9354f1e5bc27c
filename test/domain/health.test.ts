import { describe, expect, it } from 'vitest';
import { toResourceHealth } from '#domain/health.ts';
import type { JsonObject } from '#domain/json.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import { cond, seen, table } from './health-table.ts';

table('ex.io/Widget', [
  { when: 'it has no status', gives: 'Current', saying: 'Resource is current' },
  {
    when: 'it is Ready',
    status: { ...seen, conditions: [cond('Ready', 'True')] },
    gives: 'Current',
    saying: 'Resource is Ready',
  },
  {
    when: 'it is not Ready',
    status: { conditions: [cond('Ready', 'False', { message: 'no token' })] },
    gives: 'InProgress',
    saying: 'no token',
  },
  {
    when: 'readiness is unknown',
    status: { conditions: [cond('Ready', 'Unknown')] },
    gives: 'InProgress',
    saying: 'Ready is Unknown',
  },
  {
    when: 'Ready is about an earlier generation',
    status: { observedGeneration: 1, conditions: [cond('Ready', 'True')] },
    gives: 'InProgress',
    saying: 'Widget generation is 2, but latest observed generation is 1',
  },
  {
    when: 'it reconciles',
    status: { conditions: [cond('Reconciling', 'True', { message: 'step 2' }), cond('Ready', 'True')] },
    gives: 'InProgress',
    saying: 'step 2',
  },
  {
    when: 'it is stalled',
    status: { conditions: [cond('Stalled', 'True', { message: 'bad spec' })] },
    gives: 'Failed',
    saying: 'bad spec',
  },
  {
    when: 'it is being deleted',
    metadata: { deletionTimestamp: 'now' },
    gives: 'Terminating',
    saying: 'Resource scheduled for deletion',
  },
  {
    when: 'its status is no object',
    status: 'broken' as unknown as JsonObject,
    gives: 'Current',
    saying: 'Resource is current',
  },
]);

describe('health', () => {
  it('is NotFound for an object that is not there, under the identity that was asked for', () => {
    const identity: ObjectIdentity = {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    };
    expect(toResourceHealth(null, identity)).toEqual({
      ...identity,
      status: 'NotFound',
      message: 'Resource not found',
    });
  });
});
